"""The style sheet of the HTML report: light and dark, screen and paper, no images and no fonts to fetch."""

STYLE = """
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --line: #dfe3e8; --text: #1b1f24; --quiet: #57606a; --code: #eef1f4;
  --good: #116329; --bad: #b3141d; --unsure: #855000; --info: #0a5799;
  --good-tint: #dcf5e3; --bad-tint: #fde4e4; --unsure-tint: #fcefd0; --info-tint: #ddeefb;
  --quiet-tint: #eceff2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f1318; --card: #171c23; --line: #2c343e; --text: #e4e8ec; --quiet: #9aa5b1; --code: #222932;
    --good: #6fdc8c; --bad: #ff8f8f; --unsure: #f2c05c; --info: #7fc1ff;
    --good-tint: #12301d; --bad-tint: #3d1a1c; --unsure-tint: #382a0d; --info-tint: #12293f;
    --quiet-tint: #262d36;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 68rem; padding: 1.5rem 1.25rem 3rem; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
h1, h2, h3, p, dl, dd, ul, pre { margin: 0; }
h2 { font-size: 1.125rem; margin-bottom: .75rem; }
h3 { font-size: 1rem; display: flex; flex-wrap: wrap; gap: .25rem .625rem; align-items: baseline; }
code, pre { font: .8125rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
code { overflow-wrap: anywhere; white-space: pre-wrap; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: .25rem 0 .25rem 1.25rem; }
section, header {
  background: var(--card); border: 1px solid var(--line); border-radius: .625rem; padding: 1.125rem 1.25rem;
}
section { margin-top: 1rem; }
header { border-left: .5rem solid var(--tone); background: var(--tint); }
h1 { font-size: 1.75rem; line-height: 1.2; color: var(--tone); }
header p { margin-top: .25rem; }
.commits { color: var(--quiet); }
.pass, .passed { --tone: var(--good); --tint: var(--good-tint); }
.fail, .failed, .error { --tone: var(--bad); --tint: var(--bad-tint); }
.inconclusive, .warning { --tone: var(--unsure); --tint: var(--unsure-tint); }
.note { --tone: var(--info); --tint: var(--info-tint); }
.skipped, .waived { --tone: var(--quiet); --tint: var(--quiet-tint); }
.badge {
  display: inline-block; padding: 0 .5rem; border-radius: 1rem; background: var(--tint); color: var(--tone);
  font-size: .8125rem; font-weight: 600; white-space: nowrap;
}
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; }
caption { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
th, td {
  padding: .4375rem 1rem .4375rem 0; text-align: left; vertical-align: top; border-top: 1px solid var(--line);
}
thead th { border-top: 0; padding-top: 0; color: var(--quiet); font-size: .8125rem; font-weight: 600; }
tbody th { font-weight: 600; }
td.time, th.time { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td.tests, td.detail { min-width: 11rem; }
dl.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: 1rem; }
dl.figures dt { color: var(--quiet); font-size: .8125rem; overflow-wrap: anywhere; }
dl.figures dd { font-size: 1.25rem; font-weight: 600; font-variant-numeric: tabular-nums; }
dl.figures small { display: block; color: var(--quiet); font-size: .75rem; font-weight: 400; }
meter { display: block; width: 100%; height: .625rem; margin-top: .25rem; }
meter::-webkit-meter-bar { background: var(--quiet-tint); border: 0; }
meter::-webkit-meter-optimum-value { background: var(--info); }
meter::-moz-meter-bar { background: var(--info); }
details { margin-top: .75rem; border-top: 1px solid var(--line); padding-top: .625rem; }
summary { cursor: pointer; font-weight: 600; }
summary:focus-visible { outline: 2px solid var(--info); outline-offset: 3px; border-radius: .25rem; }
ul { padding-left: 1.25rem; }
details ul { margin-top: .5rem; }
.quiet { color: var(--quiet); }
article { border-top: 1px solid var(--line); padding: .875rem 0; }
p + article { margin-top: .75rem; }
h2 + article { border-top: 0; padding-top: 0; }
article:last-child { padding-bottom: 0; }
article > * + * { margin-top: .5rem; }
article .message { border-left: 3px solid var(--tone); padding-left: .75rem; }
article .message > * + * { margin-top: .25rem; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; }
.help { background: var(--code); border-radius: .375rem; padding: .5rem .75rem; }
ul.places { list-style: none; padding: 0; }
ul.places li { padding: .125rem 0; }
ul.places .where { color: var(--quiet); margin-right: .75rem; }
@media print {
  body { max-width: none; padding: 0; background: #fff; font-size: .8125rem; }
  section, header { break-inside: auto; border-radius: 0; }
  article, tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .badge, header, .help { print-color-adjust: exact; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
"""
