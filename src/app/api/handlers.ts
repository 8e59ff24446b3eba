/** Every handler of the contract; a method without one does not compile. */

import { botHandlers, strategyHandlers } from './bots.ts';
import { dataHandlers } from './data.ts';
import type { AllHandlers } from './dispatch.ts';
import { jobHandlers } from './jobs.ts';
import { journalHandlers, settingsHandlers } from './journal.ts';
import { keyHandlers } from './keys.ts';
import { backtestHandlers, robustnessHandlers, studyHandlers } from './lab.ts';
import { balanceHandlers, equityHandlers, fillHandlers, orderHandlers, positionHandlers } from './orders.ts';
import { indicatorHandlers, pairHandlers, recordingHandlers } from './research.ts';
import { instrumentHandlers, marketHandlers, riskHandlers, systemHandlers, venueHandlers } from './system.ts';

export const allHandlers: AllHandlers = {
  ...systemHandlers,
  ...venueHandlers,
  ...instrumentHandlers,
  ...marketHandlers,
  ...strategyHandlers,
  ...botHandlers,
  ...orderHandlers,
  ...fillHandlers,
  ...positionHandlers,
  ...balanceHandlers,
  ...equityHandlers,
  ...riskHandlers,
  ...journalHandlers,
  ...settingsHandlers,
  ...keyHandlers,
  ...dataHandlers,
  ...jobHandlers,
  ...backtestHandlers,
  ...studyHandlers,
  ...robustnessHandlers,
  ...indicatorHandlers,
  ...pairHandlers,
  ...recordingHandlers,
};
