#!/usr/bin/env node
import { createRequire } from 'node:module';

// First: an old Node is told what it lacks before it reads anything else.
createRequire(import.meta.url)('../command-line/check-node.cjs');
const { load } = await import('./cli.ts');
await load();
