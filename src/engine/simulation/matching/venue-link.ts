/**
 * The way to the simulated venue and back: commands and answers under way, with latency. Both directions keep
 * their order, as on one connection. What is under way when the program dies is lost, as on a network.
 */

import type { VenueCommand, VenueEvent } from '../../../shared/events/venue.ts';
import type { EventSink } from '../../ports.ts';
import { RandomStream } from '../random.ts';

/** Constant time, log-normal around a median and cut at a maximum, or as it was measured. Whole milliseconds. */
export type LatencyModel =
  | { readonly kind: 'constant'; readonly ms: number }
  | {
      readonly kind: 'log-normal';
      readonly medianMs: number;
      readonly sigma: number;
      readonly maxMs: number;
    }
  /** Rising times and the delay that holds from each on; before the first one, the first. */
  | { readonly kind: 'recorded'; readonly timesMs: Float64Array; readonly delaysMs: Float64Array };

/** Provoked faults of the way back; off by default. */
export interface LinkFaults {
  /** Chance that the answer to a submitted order is lost; the client is told that the outcome is unknown. */
  readonly lostAnswerProbability: number;
  /** When the client gives up waiting for a lost answer, after the order reached the venue. */
  readonly answerTimeoutMs: number;
}

export const noFaults: LinkFaults = { lostAnswerProbability: 0, answerTimeoutMs: 10_000 };

/** First in, first out, without moving the rest on every take. */
class Queue<Item> {
  private items: Item[] = [];
  private head = 0;

  push(item: Item): void {
    this.items.push(item);
  }

  peek(): Item | undefined {
    return this.items[this.head];
  }

  take(): Item | undefined {
    const item = this.items[this.head];
    if (item === undefined) return undefined;
    this.head += 1;
    if (this.head >= 256 && this.head * 2 >= this.items.length) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    return item;
  }

  get isEmpty(): boolean {
    return this.head >= this.items.length;
  }
}

interface CommandUnderWay {
  readonly command: VenueCommand;
  readonly dueMs: number;
}

export class VenueLink {
  private readonly toVenueLatency: LatencyModel;
  private readonly toClientLatency: LatencyModel;
  private readonly faults: LinkFaults;
  private random: RandomStream;
  private readonly commands = new Queue<CommandUnderWay>();
  private readonly answers = new Queue<VenueEvent>();
  private readonly timeouts = new Queue<VenueEvent>();
  private lastArrivalMs = 0;
  private lastAnswerMs = 0;

  constructor(toVenue: LatencyModel, toClient: LatencyModel, faults: LinkFaults, random: RandomStream) {
    this.toVenueLatency = toVenue;
    this.toClientLatency = toClient;
    this.faults = faults;
    this.random = random;
  }

  send(command: VenueCommand, nowMs: number): void {
    const dueMs = Math.max(this.lastArrivalMs, nowMs + drawLatency(this.toVenueLatency, this.random, nowMs));
    this.lastArrivalMs = dueMs;
    this.commands.push({ command, dueMs });
  }

  /** Gives the time at which an answer given at `nowMs` reaches the client. */
  deliveryTime(nowMs: number): number {
    this.lastAnswerMs = Math.max(
      this.lastAnswerMs,
      nowMs + drawLatency(this.toClientLatency, this.random, nowMs),
    );
    return this.lastAnswerMs;
  }

  /** Sends an event whose `timeMs` came from `deliveryTime`. */
  answer(event: VenueEvent): void {
    this.answers.push(event);
  }

  /** Decides by chance whether the answer to an order is lost on the way. */
  losesAnswer(): boolean {
    const probability = this.faults.lostAnswerProbability;
    return probability > 0 && this.random.uniform() < probability;
  }

  /** Gives the time at which the client stops waiting for an answer that was lost at `nowMs`. */
  timeoutTime(nowMs: number): number {
    return nowMs + this.faults.answerTimeoutMs;
  }

  timeout(event: VenueEvent): void {
    this.timeouts.push(event);
  }

  get nextCommandMs(): number {
    return this.commands.isEmpty
      ? Number.POSITIVE_INFINITY
      : (this.commands.peek()?.dueMs ?? Number.POSITIVE_INFINITY);
  }

  get nextAnswerMs(): number {
    if (this.answers.isEmpty && this.timeouts.isEmpty) return Number.POSITIVE_INFINITY;
    const answerMs = this.answers.peek()?.timeMs ?? Number.POSITIVE_INFINITY;
    const timeoutMs = this.timeouts.peek()?.timeMs ?? Number.POSITIVE_INFINITY;
    return answerMs < timeoutMs ? answerMs : timeoutMs;
  }

  get isIdle(): boolean {
    return this.commands.isEmpty && this.answers.isEmpty && this.timeouts.isEmpty;
  }

  takeCommand(): VenueCommand | undefined {
    return this.commands.take()?.command;
  }

  /** Hands the earliest answer to the client. */
  deliverNext(emit: EventSink): void {
    const answerMs = this.answers.peek()?.timeMs ?? Number.POSITIVE_INFINITY;
    const timeoutMs = this.timeouts.peek()?.timeMs ?? Number.POSITIVE_INFINITY;
    const event = answerMs <= timeoutMs ? this.answers.take() : this.timeouts.take();
    if (event !== undefined) emit(event);
  }

  saveRandom() {
    return this.random.save();
  }

  restoreRandom(state: Parameters<typeof RandomStream.restore>[0]): void {
    this.random = RandomStream.restore(state);
  }
}

function drawLatency(model: LatencyModel, random: RandomStream, nowMs: number): number {
  if (model.kind === 'constant') return model.ms;
  if (model.kind === 'recorded') return recordedDelay(model.timesMs, model.delaysMs, nowMs);
  return Math.min(model.maxMs, Math.round(random.logNormal(model.medianMs, model.sigma)));
}

function recordedDelay(timesMs: Float64Array, delaysMs: Float64Array, nowMs: number): number {
  let low = 0;
  let high = timesMs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timesMs[middle] as number) <= nowMs) low = middle + 1;
    else high = middle;
  }
  return Math.round(delaysMs[Math.max(0, low - 1)] ?? 0);
}
