/** CSS of the report page. It follows the light or dark setting of the browser and has one column on a phone. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ground: #fbfbfa; --card: #fff; --ink: #1c1e21; --dim: #5c6370; --line: #dfe1e5; --good: #1a7f4b; --bad: #c2261c; --warn: #8a5a00; --c1: #1f6fd1; --c2: #d9700a; --c3: #a0308f; --c4: #17806d; }
@media (prefers-color-scheme: dark) { :root { --ground: #14161a; --card: #1d2026; --ink: #e8eaee; --dim: #a2a9b5; --line: #343942; --good: #58c98b; --bad: #ff8178; --warn: #f0b755; --c1: #6cabff; --c2: #ffa24d; --c3: #e58ad8; --c4: #4fd0b9; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 24px 16px 64px; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 40px 0 12px; } h2 + p { margin: -8px 0 12px; }
h3 { font-size: 1rem; margin: 0; }
p { margin: 0; color: var(--dim); }
header p { overflow-wrap: anywhere; }
.notice { margin-top: 12px; padding: 10px 14px; border-left: 4px solid var(--warn); background: var(--card); color: var(--ink); }
.notice.bad { border-color: var(--bad); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(220px, 44%), 1fr)); gap: 12px; margin: 24px 0 0; padding: 0; list-style: none; }
.tiles li { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 12px 14px; }
.tiles b { display: block; font-size: 1.5rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.tiles span { color: var(--dim); font-size: .875rem; }
.good { color: var(--good); } .bad { color: var(--bad); }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 16px; }
.plot { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px 8px; min-width: 0; }
.plot p { font-size: .875rem; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 16px; margin: 6px 0 0; padding: 0; list-style: none; font-size: .875rem; }
.legend li::before { content: ""; display: inline-block; width: 14px; height: 3px; margin-right: 6px; vertical-align: middle; background: var(--c); }
.c1 { --c: var(--c1); } .c2 { --c: var(--c2); } .c3 { --c: var(--c3); } .c4 { --c: var(--c4); }
.frame { display: grid; grid-template-columns: 4.5em 1fr; grid-template-rows: 200px 1.6em; margin: 14px 8px 0 0; font-size: .8125rem; color: var(--dim); font-variant-numeric: tabular-nums; }
.y { position: relative; } .y span { position: absolute; right: 8px; transform: translateY(50%); white-space: nowrap; }
.x { position: relative; grid-column: 2; } .x span { position: absolute; top: 4px; transform: translateX(-50%); white-space: nowrap; }
.drawing { position: relative; touch-action: pan-y; }
.drawing svg { display: block; width: 100%; height: 100%; overflow: visible; }
.drawing path { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; vector-effect: non-scaling-stroke; }
.drawing .dashed { stroke-dasharray: 5 5; stroke-width: 1.5; }
.grid line { stroke: var(--line); vector-effect: non-scaling-stroke; }
.settling { fill: var(--line); opacity: .4; }
.grid .mark { stroke: var(--dim); stroke-dasharray: 2 4; }
.cursor { position: absolute; top: 0; bottom: 0; width: 1px; background: var(--dim); pointer-events: none; }
.bars { display: flex; align-items: flex-end; gap: 1px; border-bottom: 1px solid var(--line); }
.bars span { flex: 1; height: 100%; display: flex; align-items: flex-end; justify-content: center; min-width: 0; } .bars i { flex: 1; max-width: 64px; background: var(--c); min-width: 1px; }
output { display: block; min-height: 1.5em; font-size: .8125rem; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 7px 14px; text-align: left; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child > * { border-bottom: 0; }
th { font-weight: 600; } details { margin-top: 40px; } summary { cursor: pointer; font-weight: 600; margin-bottom: 12px; } td.number, th.number { text-align: right; white-space: nowrap; }
@media (max-width: 600px) { th, td { padding: 6px 8px; } body { font-size: 15px; } .frame { grid-template-columns: 4em 1fr; } }
`;
