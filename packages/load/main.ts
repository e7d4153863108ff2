#!/usr/bin/env node
import { createRequire } from 'node:module';

// The check comes first, because an old Node cannot read the other modules.
createRequire(import.meta.url)('../command-line/check-node.cjs');
const { load } = await import('./cli.ts');
await load();
