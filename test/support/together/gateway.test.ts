import { runTogether } from './run-together.ts';

runTogether('gateway');
