/** Versions, folders, the disclaimer, and the marks of the libraries that ask for it. */

import { modeTexts } from '../frame/mode.ts';
import { useQuery } from '../store/hooks.ts';
import { useSession } from '../store/session.ts';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';

export function AboutPane() {
  const { value, failure, retry } = useQuery('settings/about', {}, ['never']);
  const mode = useSession((session) => session.status?.mode ?? 'demo');
  if (value === null)
    return failure === null ? (
      <SkeletonRows />
    ) : (
      <ErrorState title="The versions could not be read" failure={failure} onRetry={retry} />
    );
  const facts: readonly (readonly [string, string])[] = [
    ['Sextant', value.version],
    ['Mode', `${modeTexts[mode].badge}: ${modeTexts[mode].meaning}`],
    ['Data folder', value.dataFolder],
    ['Native core', value.nativeVersion],
    ['Node', value.nodeVersion],
  ];
  return (
    <div className="flex flex-col gap-5" data-testid="about">
      <dl className="divide-y divide-line rounded-md border border-line">
        {facts.map(([label, text]) => (
          <div key={label} className="flex gap-4 px-3 py-2">
            <dt className="w-28 shrink-0 text-muted">{label}</dt>
            <dd className="min-w-0 break-all select-text">{text}</dd>
          </div>
        ))}
      </dl>
      <section>
        <h2 className="mb-1 font-semibold">Disclaimer</h2>
        <p className="leading-relaxed whitespace-pre-line text-muted">{value.disclaimer}</p>
      </section>
      <section>
        <h2 className="mb-1 font-semibold">Made with</h2>
        <p className="text-sm text-muted">
          TradingView Lightweight Charts™, copyright © 2025 TradingView, Inc., https://www.tradingview.com/.
          Also uPlot, dockview, React, TanStack Table and Virtual, Radix, cmdk, Inter and JetBrains Mono, each
          under its own licence.
        </p>
      </section>
    </div>
  );
}
