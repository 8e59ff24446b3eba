/** A strategy file of somebody's own that is called as one of ours: it trades nothing. */

import { scriptedStrategy } from './scripted-strategy.ts';

export const strategy = { ...scriptedStrategy(() => ({})), id: 'ma-cross' };
