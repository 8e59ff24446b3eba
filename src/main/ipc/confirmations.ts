/**
 * What a page cannot do alone. A script that got into the page could click any button in it; these questions are
 * drawn by the main process, outside its reach.
 */

import { BrowserWindow, dialog, type WebContents } from 'electron';
import type { LogPort } from '../../adapters/logging/log-port.ts';
import type { Terminal } from '../../app/terminal-types.ts';
import { contract, type MethodName, type Scope } from '../../shared/api/contract.ts';
import { ApiError, type ApiFailure, failureOf } from '../../shared/api/result.ts';
import type { StatusView } from '../../shared/api/views.ts';

/** One question: `button` does it, the other button does not. */
export interface Question {
  readonly message: string;
  readonly detail: string;
  readonly button: string;
}

/** Shows a question to the person at a window; true when they chose to go on. */
export type Ask = (question: Question, contents: WebContents) => Promise<boolean>;

const readScope: ReadonlySet<Scope> = new Set(['read']);

/** Methods that let real money move or let it move further. */
const liveQuestions: Readonly<Partial<Record<MethodName, string>>> = {
  'bots/create': 'Create a bot that trades real money?',
  'bots/start': 'Start a bot that trades real money?',
  'bots/resume': 'Resume a bot that trades real money?',
  'risk/resume': 'Let bots and orders trade real money again?',
  'risk/set-limits': 'Change the limits that protect real money?',
};

/** Gives what must be asked before a method is carried out, or null. `request` has been parsed. */
export function questionFor(
  method: MethodName,
  request: unknown,
  isBusy: boolean,
  readStatus: () => StatusView,
): Question | null {
  if (method === 'system/stop' && isBusy) {
    const { bots, risk } = readStatus();
    const running = bots.filter((bot) => bot.state === 'RUNNING' || bot.state === 'STOPPING').length;
    return {
      message: 'Stop Sextant?',
      detail: `${countOf(running, 'bot')} running, ${countOf(risk.openOrders, 'order')} open. Nothing is traded or watched until Sextant runs again.`,
      button: 'Stop',
    };
  }
  if (method === 'keys/remove') {
    const { key } = request as { key: string };
    return {
      message: `Remove the key ${key}?`,
      detail: 'Its secret is deleted from this machine and cannot be brought back.',
      button: 'Remove',
    };
  }
  const live = liveQuestions[method];
  if (live === undefined || readStatus().mode !== 'live') return null;
  return { message: live, detail: 'Losses are real and cannot be undone.', button: 'Go on' };
}

const countOf = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Asks by a native dialog of the sender's window. The safe button is the default and the one Escape presses. */
export const askByDialog: Ask = async ({ message, detail, button }, contents) => {
  const options = {
    type: 'warning' as const,
    title: 'Sextant',
    message,
    detail,
    buttons: ['Cancel', button],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  };
  const window = BrowserWindow.fromWebContents(contents);
  const { response } = await (window === null
    ? dialog.showMessageBox(options)
    : dialog.showMessageBox(window, options));
  return response === 1;
};

export class Confirmations {
  private readonly ask: Ask;
  private readonly log: LogPort;
  private isAsking = false;

  constructor(ask: Ask, log: LogPort) {
    this.ask = ask;
    this.log = log;
  }

  /** Gives why a call may not be carried out, or undefined. A malformed request is left to the terminal to refuse. */
  async refusalOf(
    method: MethodName,
    request: unknown,
    terminal: Terminal,
    contents: WebContents,
  ): Promise<ApiFailure | undefined> {
    const parsed = contract[method].request.safeParse(request);
    if (!parsed.success) return undefined;
    let status: StatusView | undefined;
    const mayNeedStatus = liveQuestions[method] !== undefined || method === 'system/stop';
    if (mayNeedStatus) {
      const answer = await terminal.handle('system/status', {}, readScope);
      if (!answer.ok) return answer;
      status = answer.value;
    }
    const question = questionFor(method, parsed.data, terminal.isBusy, () => {
      if (status === undefined) throw new Error(`the status was not read for ${method}`);
      return status;
    });
    if (question === null) return undefined;
    // One at a time: a page must not be able to bury the person in dialogs.
    if (this.isAsking) return refused('another question is still open');
    this.isAsking = true;
    try {
      if (await this.ask(question, contents)) return undefined;
    } finally {
      this.isAsking = false;
    }
    this.log.info('a call was declined in the dialog', { method });
    return refused('it was not confirmed');
  }
}

const refused = (reason: string): ApiFailure => failureOf(new ApiError('refused', reason));
