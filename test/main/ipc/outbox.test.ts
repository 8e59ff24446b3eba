/** A slow page: busy, then dropped, then told to start anew; memory stays bounded whatever is sent. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Outbox } from '../../../src/main/ipc/outbox.ts';
import type { StreamMessage } from '../../../src/shared/api/streams.ts';
import type { PortDelivery } from '../../../src/shared/ipc/bridge.ts';

const batch = (number: number, more: object = {}): StreamMessage => ({
  kind: 'batch',
  batch: number,
  timeMs: 0,
  ...more,
});
const limits = { busyMessages: 2, busyBytes: 500, messagesMax: 4, bytesMax: 1000 };
const kindsOf = (posted: readonly PortDelivery[]) =>
  posted.map(({ text }) => (JSON.parse(text) as StreamMessage).kind);

function outbox() {
  const posted: PortDelivery[] = [];
  return { posted, box: new Outbox((delivery) => posted.push(delivery), limits) };
}

test('deliveries are numbered from one; taking them ends being busy', () => {
  const { posted, box } = outbox();
  box.send(batch(1));
  expect(box.isBusy).toBe(false);
  box.send(batch(2));
  expect(box.isBusy).toBe(true);
  expect(posted.map((delivery) => delivery.sequence)).toEqual([1, 2]);
  expect(box.taken(1)).toBe(true);
  expect(box.isBusy).toBe(false);
});

test('few but large messages make busy, too', () => {
  const { box } = outbox();
  box.send(batch(1, { pad: 'x'.repeat(500) }));
  expect(box.isBusy).toBe(true);
});

test('a full outbox drops, and resets once everything was taken', () => {
  const { posted, box } = outbox();
  for (let number = 1; number <= 6; number += 1) box.send(batch(number));
  expect(kindsOf(posted)).toEqual(['batch', 'batch', 'batch', 'batch']);
  expect(box.taken(3)).toBe(true);
  box.send(batch(7));
  expect(posted).toHaveLength(4);
  expect(box.isBusy).toBe(true);
  expect(box.taken(4)).toBe(true);
  expect(kindsOf(posted).at(-1)).toBe('reset');
  expect(posted.at(-1)?.sequence).toBe(5);
  box.send(batch(8));
  expect(kindsOf(posted).slice(-2)).toEqual(['reset', 'batch']);
});

test('one message larger than everything still goes out', () => {
  const { posted, box } = outbox();
  box.send(batch(1, { pad: 'x'.repeat(5000) }));
  expect(posted).toHaveLength(1);
  box.send(batch(2));
  expect(posted).toHaveLength(1);
  box.taken(1);
  expect(kindsOf(posted)).toEqual(['batch', 'reset']);
});

test.each([0, -1, 2, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('%d was never sent', (sequence) => {
  const { box } = outbox();
  box.send(batch(1));
  expect(box.taken(sequence)).toBe(false);
});

test('whatever is sent and taken: bounded, in order, and never a hole without a reset', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('send' as const), size: fc.integer({ min: 0, max: 400 }) }),
    fc.record({ kind: fc.constant('take' as const), part: fc.double({ min: 0, max: 1, noNaN: true }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const { posted, box } = outbox();
      let number = 0;
      let lastTaken = 0;
      for (const one of steps) {
        if (one.kind === 'send') {
          number += 1;
          box.send(batch(number, { pad: 'x'.repeat(one.size) }));
        } else {
          const target = lastTaken + Math.round((posted.length - lastTaken) * one.part);
          if (target > lastTaken) {
            expect(box.taken(target)).toBe(true);
            lastTaken = target;
          }
        }
        const waiting = posted.slice(lastTaken);
        expect(waiting.length).toBeLessThanOrEqual(limits.messagesMax);
        const bytes = waiting.reduce((sum, { text }) => sum + text.length, 0);
        expect(waiting.length <= 1 || bytes <= limits.bytesMax).toBe(true);
      }
      expect(posted.map((delivery) => delivery.sequence)).toEqual(posted.map((_, index) => index + 1));
      let expected: number | null = 1;
      for (const { text } of posted) {
        const message = JSON.parse(text) as StreamMessage;
        if (message.kind === 'reset') expected = null;
        else {
          if (expected !== null) expect(message.batch).toBe(expected);
          expected = message.batch + 1;
        }
      }
    }),
    { numRuns: 500 },
  );
});
