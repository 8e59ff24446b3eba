/** Returns by month and year, coloured by size. */

import type { BacktestReportView } from '../../shared/api/lab-views.ts';
import { percentText } from './figures.ts';

const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Returns from here on have the full colour. */
const fullColourAt = 0.15;

/** Gives the background of a return: stronger the larger it is. */
function shade(value: number): string {
  const share = Math.round(Math.min(1, Math.abs(value) / fullColourAt) * 55);
  return `color-mix(in srgb, var(--${value >= 0 ? 'up' : 'down'}) ${share}%, transparent)`;
}

export function MonthTable({ report }: { readonly report: BacktestReportView }) {
  return (
    <div className="overflow-x-auto p-2">
      <table
        className="num w-full min-w-[760px] table-fixed border-separate border-spacing-px text-xs"
        data-testid="month-table"
      >
        <thead className="text-2xs text-muted">
          <tr>
            <th className="h-6 px-2 text-left font-medium">Year</th>
            {monthNames.map((name) => (
              <th key={name} className="px-1 text-right font-medium">
                {name}
              </th>
            ))}
            <th className="px-2 text-right font-medium">Year</th>
          </tr>
        </thead>
        <tbody>
          {report.years.map(({ year, value: whole }) => (
            <tr key={year} className="h-7">
              <td className="px-2">{year}</td>
              {monthNames.map((name, index) => {
                const month = report.months.find((one) => one.year === year && one.month === index + 1);
                return (
                  <td
                    key={name}
                    className="rounded-sm px-1 text-right"
                    style={month === undefined ? undefined : { background: shade(month.value) }}
                  >
                    {month === undefined ? '' : percentText(month.value, true, 1)}
                  </td>
                );
              })}
              <td className="rounded-sm px-2 text-right font-semibold" style={{ background: shade(whole) }}>
                {percentText(whole, true, 1)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
