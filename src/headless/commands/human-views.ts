/** The answers of the API as tables and facts for people. */

import type {
  BalanceRowView,
  BotView,
  FillView,
  InstrumentView,
  JournalRowView,
  OrderStepView,
  OrderView,
  PlanView,
  PositionRowView,
  RiskView,
  StatusView,
  StrategyView,
  VenueView,
  VerifyView,
} from '../../shared/api/views.ts';
import { renderFacts, renderTable } from '../output/table.ts';
import { countWords, durationWords, moneyWords, timeWords } from '../output/words.ts';

/** Rows of a list and how many there are in all. */
interface Rows<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
}

function withRest(table: string, { rows, total }: Rows<unknown>): string {
  return total > rows.length
    ? `${table}\n${countWords(total - rows.length)} more: use --limit and --offset.`
    : table;
}

export function botTable(bots: readonly BotView[]): string {
  return renderTable(
    bots,
    [
      { title: 'Bot', of: (bot) => bot.id },
      { title: 'Name', of: (bot) => bot.name },
      { title: 'Strategy', of: (bot) => bot.strategyTitle },
      { title: 'Market', of: (bot) => bot.instrument },
      { title: 'State', of: (bot) => bot.state },
      { title: 'P&L', right: true, of: (bot) => `${bot.pnl.total} ${bot.pnl.currency}` },
      { title: 'Orders', right: true, of: (bot) => String(bot.openOrders) },
      { title: 'Fills', right: true, of: (bot) => String(bot.fills) },
      { title: 'Why', of: (bot) => bot.why?.text ?? bot.stateReason },
    ],
    'There are no bots.',
  );
}

export function botFacts(bot: BotView): string {
  return renderFacts([
    ['Bot', `${bot.id} (${bot.name})`],
    ['Strategy', bot.strategyTitle],
    ['Market', bot.instrument],
    ['State', bot.stateReason === '' ? bot.state : `${bot.state}: ${bot.stateReason}`],
    ['Why', bot.why === null ? '–' : `${bot.why.text} [${bot.why.code}]`],
    ['Equity', bot.equity === null ? 'not known without prices' : `${bot.equity} ${bot.pnl.currency}`],
    ['Profit', `${bot.pnl.total} ${bot.pnl.currency} (realised ${bot.pnl.realised}, fees ${bot.pnl.fees})`],
    ['Balances', moneyWords(bot.balances)],
    ['Orders', `${bot.openOrders} open, ${bot.fills} fills`],
    ['Parameters', JSON.stringify(bot.params)],
  ]);
}

export function statusFacts(status: StatusView): string {
  const uptime =
    status.host === 'running'
      ? `running for ${durationWords(status.uptimeMs)}`
      : 'none runs on this data folder';
  const facts: (readonly [string, string])[] = [
    ['Host', uptime],
    ['Version', status.version],
    [
      'Mode',
      status.simulated && status.host === 'running' ? `${status.mode}, ${status.speed}× time` : status.mode,
    ],
    ['Time', `${timeWords(status.timeMs)} UTC`],
    ['Risk', `${status.risk.state}, ${status.risk.openOrders} open orders`],
    ['Equity', moneyWords(status.equity)],
    ['Checks', `${countWords(status.identities.checked)} identities, ${status.identities.failed} failed`],
  ];
  return [renderFacts(facts), '', venueTable(status.venues), '', botTable(status.bots)].join('\n');
}

export function venueTable(venues: readonly VenueView[]): string {
  return renderTable(
    venues,
    [
      { title: 'Venue', of: (venue) => venue.id },
      { title: 'Kind', of: (venue) => venue.kind },
      { title: 'State', of: (venue) => venue.state },
      {
        title: 'Data age',
        right: true,
        of: (venue) => (venue.dataAgeMs === null ? '–' : durationWords(venue.dataAgeMs)),
      },
      { title: 'Markets', right: true, of: (venue) => String(venue.instruments) },
      { title: 'Message', of: (venue) => venue.message },
    ],
    'There are no venues yet.',
  );
}

export function instrumentTable(instruments: readonly InstrumentView[]): string {
  return renderTable(
    instruments,
    [
      { title: 'Instrument', of: (row) => row.id },
      { title: 'Kind', of: (row) => row.kind },
      { title: 'Tick', right: true, of: (row) => row.tickSize },
      { title: 'Lot', right: true, of: (row) => row.lotSize },
      { title: 'Min. notional', right: true, of: (row) => `${row.minimumNotional} ${row.quote}` },
      { title: 'Maker', right: true, of: (row) => row.makerFeeRate },
      { title: 'Taker', right: true, of: (row) => row.takerFeeRate },
    ],
    'There are no instruments yet.',
  );
}

export function strategyTable(strategies: readonly StrategyView[]): string {
  return renderTable(
    strategies,
    [
      { title: 'Strategy', of: (row) => row.id },
      { title: 'Title', of: (row) => row.title },
      { title: 'Good for', of: (row) => row.goodFor },
    ],
    'There are no strategies.',
  );
}

export function strategyFacts(strategy: StrategyView): string {
  const fields = renderTable(
    strategy.fields,
    [
      { title: 'Parameter', of: (field) => field.name },
      { title: 'Format', of: (field) => (field.options.length > 0 ? field.options.join('|') : field.format) },
      { title: 'Unit', of: (field) => field.unit },
      { title: 'Needed', of: (field) => (field.required ? 'yes' : '') },
      { title: 'Help', of: (field) => field.help },
    ],
    'It has no parameters.',
  );
  return [
    `${strategy.title}: ${strategy.summary}`,
    `Good for: ${strategy.goodFor}`,
    `Risk: ${strategy.risk}`,
    '',
    fields,
  ].join('\n');
}

export function orderTable(list: Rows<OrderView>): string {
  const table = renderTable(
    list.rows,
    [
      { title: 'Order', of: (row) => row.clientOrderId },
      { title: 'Bot', of: (row) => row.bot },
      { title: 'Market', of: (row) => row.instrument },
      { title: 'Side', of: (row) => row.side },
      { title: 'Type', of: (row) => row.type },
      { title: 'Price', right: true, of: (row) => row.price ?? row.triggerPrice ?? 'market' },
      { title: 'Quantity', right: true, of: (row) => row.quantity },
      { title: 'Filled', right: true, of: (row) => row.filled },
      { title: 'State', of: (row) => row.state },
      { title: 'Created', of: (row) => timeWords(row.createdAtMs) },
    ],
    'There are no orders.',
  );
  return withRest(table, list);
}

export function orderTimeline(order: OrderView, states: readonly OrderStepView[]): string {
  const steps = renderTable(
    states,
    [
      { title: 'Time', of: (step) => timeWords(step.timeMs) },
      { title: 'Step', of: (step) => step.step },
      { title: 'State', of: (step) => step.state ?? '' },
      { title: 'Detail', of: (step) => step.detail },
    ],
    'Nothing is recorded about it.',
  );
  return `${orderTable({ rows: [order], total: 1 })}\n\n${steps}`;
}

export function fillTable(list: Rows<FillView>): string {
  const table = renderTable(
    list.rows,
    [
      { title: 'Time', of: (row) => timeWords(row.timeMs) },
      { title: 'Bot', of: (row) => row.bot },
      { title: 'Market', of: (row) => row.instrument },
      { title: 'Side', of: (row) => row.side },
      { title: 'Price', right: true, of: (row) => row.price },
      { title: 'Quantity', right: true, of: (row) => row.quantity },
      { title: 'Fee', right: true, of: (row) => `${row.fee} ${row.feeCurrency}` },
      { title: 'Realised', right: true, of: (row) => row.realised },
    ],
    'There are no fills.',
  );
  return withRest(table, list);
}

export function positionTable(list: Rows<PositionRowView>): string {
  return renderTable(
    list.rows,
    [
      { title: 'Bot', of: (row) => row.bot },
      { title: 'Market', of: (row) => row.instrument },
      { title: 'Quantity', right: true, of: (row) => row.quantity },
      { title: 'Entry', right: true, of: (row) => row.averageEntryPrice ?? '–' },
      { title: 'Mark', right: true, of: (row) => row.markPrice ?? '–' },
      { title: 'Unrealised', right: true, of: (row) => row.unrealised ?? '–' },
      { title: 'Realised', right: true, of: (row) => `${row.realised} ${row.currency}` },
    ],
    'There are no positions.',
  );
}

export function balanceTable(list: Rows<BalanceRowView>): string {
  return renderTable(
    list.rows,
    [
      { title: 'Venue', of: (row) => row.venue },
      { title: 'Owner', of: (row) => row.owner },
      { title: 'Currency', of: (row) => row.currency },
      { title: 'Total', right: true, of: (row) => row.total },
      { title: 'Reserved', right: true, of: (row) => row.reserved },
      { title: 'Available', right: true, of: (row) => row.available },
    ],
    'There are no balances.',
  );
}

export function planText(plan: PlanView): string {
  const levels = renderTable(
    plan.levels,
    [
      { title: 'Level', of: (row) => row.key },
      { title: 'Side', of: (row) => row.side },
      { title: 'Type', of: (row) => row.type },
      { title: 'Price', right: true, of: (row) => row.price },
      { title: 'Quantity', right: true, of: (row) => row.quantity },
      { title: 'Funds', right: true, of: (row) => `${row.funds} ${row.fundsCurrency}` },
      { title: 'Rests now', of: (row) => (row.restsNow ? 'yes' : '') },
    ],
    'It places no order now.',
  );
  const facts = renderFacts([
    ['Price now', plan.referencePrice],
    ['Funds', plan.funds.map(({ amount, currency }) => `${amount} ${currency}`).join(', ') || '–'],
    [
      'Worst loss',
      plan.worstLoss === null
        ? 'not bounded'
        : `${plan.worstLoss.amount} ${plan.worstLoss.currency} (${plan.worstLoss.scenario})`,
    ],
    ['Break-even', plan.breakEven ?? '–'],
    ...plan.figures.map(
      ({ label, value, unit }) => [label, unit === '' ? value : `${value} ${unit}`] as const,
    ),
  ]);
  const violations = plan.violations.map(
    ({ severity, code, message }) => `${severity}: ${message} [${code}]`,
  );
  return [plan.summary, '', facts, '', levels, ...(violations.length > 0 ? ['', ...violations] : [])].join(
    '\n',
  );
}

export function riskText(risk: RiskView): string {
  const scopes = risk.scopes.map(({ scope, state, reason }) => {
    const target = Object.entries(scope).find(([key]) => key !== 'kind')?.[1];
    return `${scope.kind}${target === undefined ? '' : ` ${target}`}: ${state} (${reason})`;
  });
  return [`Trading is ${risk.state}.`, ...scopes].join('\n');
}

export function journalTable(rows: readonly JournalRowView[]): string {
  return renderTable(
    rows,
    [
      { title: 'No.', right: true, of: (row) => String(row.sequence) },
      { title: 'Time', of: (row) => timeWords(row.timeMs) },
      { title: 'Bot', of: (row) => row.bot ?? '' },
      { title: 'What', of: (row) => row.text },
    ],
    'The journal is empty.',
  );
}

/** True when nothing is wrong with a journal. */
export function isSound(verdict: VerifyView): boolean {
  return (
    verdict.chain === 'ok' &&
    verdict.duplicates === 0 &&
    verdict.lostFills === 0 &&
    verdict.identities.failed === 0 &&
    verdict.problems.length === 0
  );
}

export function verifyText(verdict: VerifyView): string {
  const facts = renderFacts([
    ['Records', countWords(verdict.records)],
    ['Hash chain', verdict.chain],
    ['Sent or booked twice', String(verdict.duplicates)],
    ['Lost fills', String(verdict.lostFills)],
    ['Identities', `${countWords(verdict.identities.checked)} checked, ${verdict.identities.failed} failed`],
    ['Last hash', verdict.lastHash],
  ]);
  return [facts, '', isSound(verdict) ? 'The journal is sound.' : verdict.problems.join('\n')].join('\n');
}
