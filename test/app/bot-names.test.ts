/** Names that no two bots share. */
import { expect, it } from 'vitest';
import { ownName } from '../../src/app/bot-names.ts';

it('numbers a name that is taken, and keeps it short enough to be edited', () => {
  expect(ownName('Grid', ['DCA'])).toBe('Grid');
  expect(ownName('Grid', ['Grid', 'Grid 3'])).toBe('Grid 2');
  expect(ownName('Grid', ['Grid', 'Grid 2', 'Grid 3'])).toBe('Grid 4');
  // Capitals count, as where a configured bot is looked for.
  expect(ownName('grid', ['Grid'])).toBe('grid');
  const long = 'x'.repeat(60);
  expect(ownName(long, [long])).toBe(`${'x'.repeat(58)} 2`);
});
