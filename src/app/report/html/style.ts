/** The style sheet of the report, in the terminal's colours. */

const dark = `--bg:#0b0e14;--card:#11151d;--raised:#171c26;--line:#232a36;--strong:#333c4c;--text:#d7dde8;--muted:#8893a5;
--accent:#5b8def;--other:#b58ee0;--up:#26a69a;--down:#ef5350;--warn:#f5b041`;
const light = `--bg:#f4f6fa;--card:#fff;--raised:#eef1f6;--line:#dfe4ec;--strong:#b9c2d0;--text:#1a2130;--muted:#5a6577;
--accent:#2f62c9;--other:#7d4fb5;--up:#0b7d72;--down:#c9302c;--warn:#a86400`;

const heat = [1, 2, 3, 4, 5]
  .flatMap((step) =>
    [
      ['gain', 'up'],
      ['loss', 'down'],
    ].map(
      ([name, colour]) =>
        `.${name}-${step}{background:color-mix(in srgb,var(--${colour}) ${step * 13}%,transparent)}`,
    ),
  )
  .join('');

/** All rules; without line breaks between them the page stays small. */
export const pageStyle = `:root{color-scheme:dark;${dark}}
@media (prefers-color-scheme:light){:root{color-scheme:light;${light}}}
@media print{:root{color-scheme:light;${light}}.card{break-inside:avoid}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);font:14px/1.5 system-ui,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;font-variant-numeric:tabular-nums;-webkit-text-size-adjust:100%}
main{max-width:1200px;margin:0 auto;padding:28px 20px 40px}
h1,h2,p{margin:0}
h1{font-size:26px;line-height:1.2;font-weight:650;letter-spacing:-.01em;overflow-wrap:anywhere}
h2{font-size:15px;font-weight:600}
a{color:inherit}
header{display:flex;gap:20px;justify-content:space-between;align-items:flex-start;margin-bottom:18px}
header>div{min-width:0}
.kicker{color:var(--muted);font-size:11px;font-weight:600;letter-spacing:.09em;text-transform:uppercase;margin-bottom:2px}
.sub{color:var(--muted);margin-top:4px;overflow-wrap:anywhere}
.params{columns:2;column-gap:32px}.params .figure{grid-template-columns:auto 1fr}.params dd{white-space:normal;overflow-wrap:anywhere}
.badge{flex:none;display:grid;justify-items:center;min-width:84px;padding:8px 12px 7px;border:1px solid;border-radius:10px;text-decoration:none}
.badge span{font-size:32px;line-height:1;font-weight:700}
.badge small{margin-top:4px;font-size:11px}
.grade-A,.grade-B{color:var(--up)}.grade-C{color:var(--warn)}.grade-D,.grade-E{color:var(--down)}
.badge{background:color-mix(in srgb,currentColor 9%,transparent)}
.good{color:var(--up)}.bad{color:var(--down)}
.tiles{display:grid;grid-template-columns:repeat(8,1fr);gap:1px;margin-bottom:16px;background:var(--line);border:1px solid var(--line);border-radius:10px;overflow:hidden}
.tile{background:var(--card);padding:11px 14px;min-width:0}
.tile span{display:block;color:var(--muted);font-size:12px;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.tile b{font-size:19px;font-weight:600;white-space:nowrap}
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:15px 16px 16px;margin-bottom:16px;min-width:0}
.card>:last-child{margin-bottom:0}
.note,.muted{color:var(--muted);font-size:12px;margin-top:2px}
.card>.chart,.card>.wide,.card>dl,.card>ul,.card>.lead,.card>details{margin-top:10px}
.chart-title{color:var(--muted);font-size:12px;margin:8px 0 2px}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:16px}
.pair.uneven{grid-template-columns:3fr 2fr}
.pair th,.pair td{padding:5px 7px}
.pair>.card:only-child{grid-column:1/-1}
.chart{display:block}
.chart,.chart svg{overflow:visible}
.chart .grid{stroke:var(--line)}
.chart .base{stroke:var(--strong)}
.chart text{fill:var(--muted);font-size:11px;paint-order:stroke;stroke:var(--card);stroke-width:3px;stroke-linejoin:round}
.chart .x{text-anchor:middle}
.line{fill:none;stroke-width:1.4;vector-effect:non-scaling-stroke;stroke-linejoin:round}
.line.accent{stroke:var(--accent)}.line.other{stroke:var(--other);stroke-width:1;opacity:.85}.line.muted{stroke:var(--muted);stroke-width:1;opacity:.7}.line.down{stroke:var(--down);stroke-width:1}
.fill{stroke:none;opacity:.13}.fill.accent{fill:var(--accent)}.fill.down{fill:var(--down);opacity:.22}
.bar.up{fill:var(--up)}.bar.down{fill:var(--down)}.bar{opacity:.85}
.trade{fill:none;stroke-width:1.6;vector-effect:non-scaling-stroke}.trade.up{stroke:var(--up)}.trade.down{stroke:var(--down)}
.entry,.dots{fill:none;stroke-linecap:round;vector-effect:non-scaling-stroke}.entry{stroke-width:4.5}.dots{stroke-width:4.5;opacity:.6}
.entry.up,.dots.up{stroke:var(--up)}.entry.down,.dots.down{stroke:var(--down)}
.key{display:inline-block;width:14px;height:3px;border-radius:2px;vertical-align:middle;margin:0 3px 0 6px}
.key.accent{background:var(--accent)}.key.other{background:var(--other)}.key.up{background:var(--up)}.key.down{background:var(--down)}
.note .key:first-child{margin-left:0}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:12.5px}
th{color:var(--muted);font-weight:500;text-align:left;white-space:nowrap}
th,td{padding:5px 9px;border-bottom:1px solid var(--line)}
tbody tr:last-child>*{border-bottom:0}
td{white-space:nowrap}
.n{text-align:right}
.months{table-layout:fixed;min-width:640px}.months td,.months th{padding:5px 7px}
.months .total{font-weight:600}
${heat}
.lead{display:flex;gap:10px;align-items:center}
.letter{flex:none;display:grid;place-items:center;width:30px;height:30px;border:1px solid;border-radius:7px;font-weight:700;background:color-mix(in srgb,currentColor 9%,transparent)}
.checks{list-style:none;padding:0;display:grid;grid-template-columns:1fr 1fr;gap:0 32px}
.checks li{display:grid;grid-template-columns:1fr auto;gap:0 12px;padding:9px 0;border-top:1px solid var(--line);align-content:start}
.checks b{font-weight:550}
.checks em{font-style:normal;font-size:12px;color:var(--muted)}
.checks .passed em{color:var(--up)}.checks .weak em{color:var(--warn)}.checks .failed em{color:var(--down)}
.checks p{grid-column:1/-1;font-size:12.5px}
.checks span{color:var(--muted)}
.plain{padding-left:18px;margin-bottom:0}
.plain li{margin:2px 0;overflow-wrap:anywhere}
.warnings li::marker{color:var(--warn)}
.figures dl{columns:2;column-gap:32px}
dl{margin:0}
.figure{break-inside:avoid;display:grid;grid-template-columns:1fr auto;gap:0 16px;padding:7px 0;border-top:1px solid var(--line)}
dt{font-weight:500}dd{margin:0;text-align:right;font-weight:600;white-space:nowrap}
.figure .meaning{grid-column:1/-1;text-align:left;font-weight:400;font-size:12px;color:var(--muted);white-space:normal}
summary{cursor:pointer;color:var(--accent)}
summary:focus-visible,a:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
details .wide{margin-top:10px;max-height:70vh;overflow:auto}
details thead th{position:sticky;top:0;background:var(--card)}
footer{color:var(--muted);font-size:12px;padding-top:6px}
@media (max-width:900px){.tiles{grid-template-columns:repeat(4,1fr)}.pair,.pair.uneven,.checks{grid-template-columns:1fr}.pair{gap:0}.figures dl,.params{columns:1}}
@media (max-width:560px){main{padding:18px 12px 30px}h1{font-size:21px}.tiles{grid-template-columns:1fr 1fr}.minor{display:none}.card{padding:13px 12px}.badge{min-width:70px;padding:7px 9px}}`;
