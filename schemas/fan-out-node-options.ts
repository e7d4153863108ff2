/**
 * A young generation of 4 MB: with Node's own size the garbage of 800 posts at once is collected so late that 100,000
 * posts took 369 MB at their peak, with this 230 to 242 MB (`npm run bench -- --quick`, before and after).
 */
export const FAN_OUT_NODE_OPTIONS: readonly string[] = ['--max-semi-space-size=4'];
