import { runTogether } from './run-together.ts';

runTogether('fan-out');
