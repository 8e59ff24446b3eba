/** The parameters a bot runs with, in the groups of its form. */

import type { BotView } from '../../shared/api/views.ts';
import { formatMoney } from '../format/decimal-text.ts';
import { useQuery } from '../store/hooks.ts';
import { useInstrument } from '../store/session.ts';
import { SkeletonRows } from '../ui/states.tsx';
import { fieldGroups, isShown, valuesOfParams } from './form-values.ts';
import { choiceLabel, unitText } from './param-field.tsx';

export function BotParameters({ bot }: { readonly bot: BotView }) {
  const strategy = useQuery('strategies/list', {}, ['never']).value?.strategies.find(
    (one) => one.id === bot.strategy,
  );
  const instrument = useInstrument(bot.instrument);
  if (strategy === undefined) return <SkeletonRows />;
  const values = valuesOfParams(strategy.fields, bot.params);
  return (
    <div
      className="grid h-full grid-cols-[repeat(auto-fill,minmax(220px,1fr))] content-start gap-x-8 gap-y-3 overflow-auto p-3"
      data-testid="bot-parameters"
    >
      {fieldGroups(strategy.fields).map(({ group, fields }) => (
        <section key={group}>
          <h3 className="mb-1 text-xs font-semibold">{group}</h3>
          {fields
            .filter((field) => isShown(field, values))
            .map((field) => {
              const value = values[field.name];
              const text =
                value === true
                  ? 'on'
                  : value === false
                    ? 'off'
                    : value === '' || value === undefined
                      ? 'none'
                      : field.format === 'choice'
                        ? choiceLabel(value)
                        : value;
              const unit =
                text === 'none' || typeof value === 'boolean'
                  ? ''
                  : unitText(field.unit, instrument?.quote ?? '', instrument?.base ?? '');
              return (
                <p key={field.name} className="flex justify-between gap-3 py-0.5 text-xs" title={field.help}>
                  <span className="text-muted">{field.label}</span>
                  <span className="num">
                    {text} {unit}
                  </span>
                </p>
              );
            })}
        </section>
      ))}
      <section>
        <h3 className="mb-1 text-xs font-semibold">Its own account</h3>
        {Object.entries(bot.balances).map(([currency, amount]) => (
          <p key={currency} className="flex justify-between gap-3 py-0.5 text-xs">
            <span className="text-muted">{currency}</span>
            <span className="num">{formatMoney(amount, currency)}</span>
          </p>
        ))}
      </section>
    </div>
  );
}
