import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { metricGroups, metrics } from '../../../src/shared/lab/metrics.ts';

const path = fileURLToPath(new URL('../../../docs/metrics.md', import.meta.url));
const begin = '<!-- figures: begin -->';
const end = '<!-- figures: end -->';
const better = { higher: 'higher', lower: 'lower', none: '–' } as const;

/** The tables of the page, made from the list. */
function tables(): string {
  const groups = metricGroups.map(({ id, title }) => {
    const rows = metrics
      .filter(({ group }) => group === id)
      .map(
        (metric) =>
          `| ${metric.title} | \`${metric.id}\` | ${metric.unit} | ${better[metric.better]} | ${metric.meaning} |`,
      );
    return [
      `### ${title}`,
      '',
      '| figure | id | unit | better | meaning |',
      '| --- | --- | --- | --- | --- |',
      ...rows,
      '',
    ].join('\n');
  });
  return `${begin}\n\n${groups.join('\n')}\n${end}`;
}

// SEXTANT_WRITE_DOCS=1 writes the tables into the page.
test('docs/metrics.md lists the figures as the program has them', () => {
  const page = readFileSync(path, 'utf8');
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  expect(from).toBeGreaterThan(0);
  expect(to).toBeGreaterThan(from);
  const wanted = page.slice(0, from) + tables() + page.slice(to + end.length);
  if (process.env['SEXTANT_WRITE_DOCS'] === '1') writeFileSync(path, wanted);
  else expect(page).toBe(wanted);
});
