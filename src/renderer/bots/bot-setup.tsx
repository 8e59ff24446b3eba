/** Setting a bot up, and editing one that exists: form, chart and plan side by side; nothing happens before Start. */

import { zodResolver } from '@hookform/resolvers/zod';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useForm } from 'react-hook-form';
import type { BotView, InstrumentView, StrategyView } from '../../shared/api/views.ts';
import { newToken } from '../api/token.ts';
import { snapToTick } from '../format/parse-input.ts';
import { useQuery } from '../store/hooks.ts';
import { goTo } from '../store/route.ts';
import { useInstrument, useSession } from '../store/session.ts';
import { act, call, market } from '../store/terminal.ts';
import { useSelectedInstrument } from '../store/ui-state.ts';
import { Button } from '../ui/button.tsx';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';
import { BotForm } from './bot-form.tsx';
import {
  changesBetween,
  type FormValues,
  firstProblem,
  formSchema,
  paramsOfValues,
  valuesOfParams,
} from './form-values.ts';
import { mayStart, violationsByField } from './plan-levels.ts';
import { SetupChart } from './setup-chart.tsx';
import { SetupHead, SetupLayout } from './setup-layout.tsx';
import { SetupPlan } from './setup-plan.tsx';
import { usePlan } from './use-plan.ts';

function useStrategy(id: string | null): {
  strategy: StrategyView | null;
  isMissing: boolean;
  failure: React.ReactNode;
} {
  const { value, failure, retry } = useQuery('strategies/list', {}, ['never']);
  const strategy = value?.strategies.find((one) => one.id === id) ?? null;
  const shown =
    value === null && failure !== null ? (
      <ErrorState title="The strategies could not be loaded" failure={failure} onRetry={retry} />
    ) : null;
  return { strategy, isMissing: value !== null && strategy === null, failure: shown };
}

/** A new bot from a template, or as a copy of another. */
export function CreateBot({
  strategyId,
  cloneOf,
}: {
  readonly strategyId: string;
  readonly cloneOf: string | null;
}) {
  const looked = useSelectedInstrument();
  const source = useSession((session) => session.status?.bots.find((bot) => bot.id === cloneOf) ?? null);
  const [chosen, setChosen] = useState<string | null>(source?.instrument ?? null);
  const instrument = useInstrument(chosen ?? looked);
  const { strategy, isMissing, failure } = useStrategy(strategyId);
  if (isMissing)
    return (
      <ErrorState
        title="No such template"
        failure={{ ok: false, code: 'not-found', message: `There is no strategy called ${strategyId}.` }}
        onRetry={() => goTo('bots', 'new')}
      />
    );
  if (failure !== null) return failure;
  if (strategy === null || instrument === undefined) return <SkeletonRows rows={12} />;
  return (
    <Suggested
      key={instrument.id}
      strategy={strategy}
      instrument={instrument}
      source={source}
      onInstrument={setChosen}
    />
  );
}

/** Waits for the host's suggestion for the market, then opens the form with it. */
function Suggested({
  strategy,
  instrument,
  source,
  onInstrument,
}: {
  readonly strategy: StrategyView;
  readonly instrument: InstrumentView;
  readonly source: BotView | null;
  readonly onInstrument: (id: string) => void;
}) {
  const request = { strategy: strategy.id, venue: instrument.venue, instrument: instrument.symbol };
  const { value, failure, retry } = useQuery('strategies/suggest', request, ['never']);
  const isCopy = source !== null && source.instrument === instrument.id;
  if (!isCopy && value === null) {
    if (failure !== null)
      return <ErrorState title="No parameters could be suggested" failure={failure} onRetry={retry} />;
    return <SkeletonRows rows={12} />;
  }
  const params = isCopy ? source.params : (value?.params ?? {});
  return (
    <Setup
      strategy={strategy}
      instrument={instrument}
      params={params}
      bot={null}
      name={isCopy ? `${source.name} copy` : ''}
      onInstrument={onInstrument}
    />
  );
}

/** Changes to a bot that exists: diff, plan, apply. */
export function EditBot({ botId }: { readonly botId: string }) {
  const shown = useQuery('bots/show', { bot: botId }, ['never']);
  const bot = shown.value?.bot ?? null;
  const { strategy, failure } = useStrategy(bot?.strategy ?? null);
  const instrument = useInstrument(bot?.instrument ?? null);
  if (shown.failure !== null && bot === null)
    return <ErrorState title="The bot could not be read" failure={shown.failure} onRetry={shown.retry} />;
  if (failure !== null) return failure;
  if (bot === null || strategy === null || instrument === undefined) return <SkeletonRows rows={12} />;
  return (
    <Setup
      strategy={strategy}
      instrument={instrument}
      params={bot.params}
      bot={bot}
      name={bot.name}
      onInstrument={null}
    />
  );
}

interface SetupProps {
  readonly strategy: StrategyView;
  readonly instrument: InstrumentView;
  readonly params: Readonly<Record<string, unknown>>;
  /** The bot that is edited; null for a new one. */
  readonly bot: BotView | null;
  readonly name: string;
  /** Null where the market is fixed. */
  readonly onInstrument: ((id: string) => void) | null;
}

function Setup({ strategy, instrument, params, bot, name: firstName, onInstrument }: SetupProps) {
  const { fields } = strategy;
  // Later answers of the host must not overwrite what is typed: the first parameters stay the reference.
  const [reference] = useState<FormValues>(() => valuesOfParams(fields, params));
  const schema = useMemo(() => formSchema(fields), [fields]);
  const form = useForm<FormValues>({
    defaultValues: reference,
    mode: 'onChange',
    resolver: zodResolver(schema),
  });
  const values = form.watch();
  const [name, setName] = useState(firstName);
  const [isBusy, setBusy] = useState(false);
  const [refused, setRefused] = useState<{ name: string; message: string } | null>(null);
  const token = useRef(newToken());
  const problem = firstProblem(fields, values);
  const { plan, failure, isBehind } = usePlan(
    problem === null
      ? {
          strategy: strategy.id,
          venue: instrument.venue,
          instrument: instrument.symbol,
          params: paramsOfValues(fields, values),
          ...(bot === null ? {} : { bot: bot.id }),
        }
      : null,
  );
  const fieldNames = useMemo(() => fields.map((field) => field.name), [fields]);
  const { byField } = violationsByField(plan, fieldNames);
  const planRefused =
    failure?.field === undefined
      ? null
      : { name: failure.field.replace(/^params\./, ''), message: failure.message };
  const changes = changesBetween(fields, reference, values);
  const nameChanged = bot !== null && name.trim() !== bot.name;
  const changeCount = changes.length + (nameChanged ? 1 : 0);
  const isReady = problem === null && failure === null && !isBehind && mayStart(plan) && !isBusy;

  const valuesKey = JSON.stringify(values);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a refusal belongs to the values it was given for
  useEffect(() => setRefused(null), [valuesKey]);

  const setValue = (field: string, value: string): void =>
    form.setValue(field, value, { shouldValidate: true, shouldDirty: true });
  const create = async (start: boolean): Promise<void> => {
    setBusy(true);
    const request = {
      strategy: strategy.id,
      venue: instrument.venue,
      instrument: instrument.symbol,
      params: paramsOfValues(fields, values),
      start,
      token: token.current,
      ...(name.trim() === '' ? {} : { name: name.trim() }),
    };
    const made = await act(start ? 'Start' : 'Create', 'bots/create', request, [
      'bots',
      'orders',
      'balances',
    ]);
    setBusy(false);
    if (made !== null) goTo('bots', made.bot.id);
  };
  const apply = async (): Promise<void> => {
    if (bot === null) return;
    setBusy(true);
    const edit = {
      bot: bot.id,
      ...(changes.length === 0 ? {} : { params: paramsOfValues(fields, values) }),
      ...(nameChanged ? { name: name.trim() } : {}),
    };
    const result = await call('bots/edit', edit);
    setBusy(false);
    if (result.ok) goTo('bots', bot.id);
    else setRefused({ name: result.field?.replace(/^params\./, '') ?? '', message: result.message });
  };
  const actions =
    bot === null ? (
      <>
        <Button size="lg" disabled={!isReady} onClick={() => void create(false)} data-testid="create-only">
          Create, start later
        </Button>
        <Button
          size="lg"
          variant="primary"
          icon="play"
          disabled={!isReady}
          onClick={() => void create(true)}
          data-testid="create-start"
        >
          Start
        </Button>
      </>
    ) : (
      <Button
        size="lg"
        variant="primary"
        icon="check"
        disabled={!isReady || changeCount === 0}
        onClick={() => void apply()}
        data-testid="edit-apply"
      >
        {changeCount === 0 ? 'Apply' : `Apply ${changeCount} ${changeCount === 1 ? 'change' : 'changes'}`}
      </Button>
    );

  return (
    <SetupLayout
      head={
        <SetupHead
          strategy={strategy}
          instrument={instrument}
          bot={bot}
          name={name}
          onName={setName}
          onInstrument={onInstrument}
          onReset={() => form.reset(reference)}
          isChanged={changes.length > 0}
        />
      }
      form={
        <BotForm
          fields={fields}
          form={form}
          values={values}
          reference={reference}
          violations={byField}
          refused={refused ?? planRefused}
          instrument={instrument}
          isEdit={bot !== null}
          onPlaceLine={(field) => {
            const quote = market.quote(instrument.id)?.last ?? plan?.referencePrice;
            if (quote !== null && quote !== undefined)
              setValue(field.name, snapToTick(Number(quote), instrument.tickSize));
          }}
        />
      }
      chart={
        <SetupChart
          instrument={instrument}
          fields={fields}
          values={values}
          plan={plan}
          isEdit={bot !== null}
          onValue={setValue}
        />
      }
      plan={
        <SetupPlan
          plan={plan}
          failure={failure ?? null}
          problem={problem}
          fields={fields}
          refused={refused}
          changes={bot === null ? null : changes}
          instrument={instrument}
          isBehind={isBehind || problem !== null}
        />
      }
      levels={plan?.levels ?? []}
      instrument={instrument}
      actions={actions}
    />
  );
}
