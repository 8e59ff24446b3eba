/**
 * The only place that touches Electron's raw IPC. A message is read only when it comes from the main frame of one of
 * our windows, showing one of our pages, and has the shape and size its channel allows. Everything else is refused
 * and logged with channel and origin.
 */

import {
  type IpcMainEvent,
  type IpcMainInvokeEvent,
  ipcMain,
  type MessagePortMain,
  type WebContents,
} from 'electron';
import type { LogPort } from '../../adapters/logging/log-port.ts';
import { ApiError, failureOf } from '../../shared/api/result.ts';
import { pageTextBytesMax } from '../../shared/ipc/bridge.ts';
import { isOwnPage, originForLog, type PageOrigin } from '../origin.ts';

export interface ValidatedIpcOptions {
  readonly pages: PageOrigin;
  readonly isOwnWindow: (contents: WebContents) => boolean;
  readonly log: LogPort;
}

type Sender = Pick<IpcMainEvent | IpcMainInvokeEvent, 'sender' | 'senderFrame'>;

export class ValidatedIpc {
  private readonly pages: PageOrigin;
  private readonly isOwnWindow: (contents: WebContents) => boolean;
  private readonly log: LogPort;
  private readonly channels = new Set<string>();
  private readonly undo: (() => void)[] = [];

  constructor({ pages, isOwnWindow, log }: ValidatedIpcOptions) {
    this.pages = pages;
    this.isOwnWindow = isOwnWindow;
    this.log = log;
  }

  /** Answers messages of `count` texts with a text. A refused one is answered with the JSON of an `ApiFailure`. */
  answerTexts(
    channel: string,
    count: number,
    answer: (texts: readonly string[], contents: WebContents) => Promise<string>,
  ): void {
    this.channels.add(channel);
    ipcMain.handle(channel, async (event, ...values: unknown[]) => {
      const foreign = this.senderFault(event);
      if (foreign !== undefined) {
        this.refuse(channel, event, foreign);
        return failureText('unauthorised', foreign);
      }
      const fault = textsFault(values, count);
      if (fault !== undefined) {
        this.refuse(channel, event, fault);
        return failureText('bad-input', fault);
      }
      return answer(values as string[], event.sender);
    });
    this.undo.push(() => ipcMain.removeHandler(channel));
  }

  /** Takes messages of one text with one port. The port of a refused one is closed. */
  takePort(
    channel: string,
    take: (text: string, port: MessagePortMain, contents: WebContents) => void,
  ): void {
    this.channels.add(channel);
    const listener = (event: IpcMainEvent, ...values: unknown[]): void => {
      const [port, ...more] = event.ports;
      const fault =
        this.senderFault(event) ??
        textsFault(values, 1) ??
        (port === undefined || more.length > 0 ? 'a message must bring exactly one port' : undefined);
      if (port === undefined || fault !== undefined) {
        this.refuse(channel, event, fault ?? 'a message must bring exactly one port');
        for (const unwanted of event.ports) unwanted.close();
        return;
      }
      take(values[0] as string, port, event.sender);
    };
    ipcMain.on(channel, listener);
    this.undo.push(() => ipcMain.off(channel, listener));
  }

  /** Logs what a page sends on channels nobody knows; nothing is ever done with it. */
  watchUnknown(contents: WebContents): void {
    const listener = (event: IpcMainEvent, channel: string): void => {
      if (!this.channels.has(channel)) this.refuse(channel, event, 'there is no such channel');
    };
    contents.on('ipc-message', listener);
    contents.on('ipc-message-sync', listener);
  }

  dispose(): void {
    for (const undo of this.undo.splice(0)) undo();
  }

  private senderFault({ sender, senderFrame }: Sender): string | undefined {
    if (!this.isOwnWindow(sender)) return 'the sender is not a window of this program';
    if (senderFrame === null) return 'the sending frame is gone';
    const { mainFrame } = sender;
    if (senderFrame.parent !== null || senderFrame.frameTreeNodeId !== mainFrame.frameTreeNodeId) {
      return 'only the main frame may send';
    }
    if (!isOwnPage(senderFrame.url, this.pages)) return 'the page is not one of this program';
    return undefined;
  }

  private refuse(channel: string, event: Sender, reason: string): void {
    this.log.warn('a message was refused', {
      channel: String(channel).slice(0, 100),
      origin: originForLog(event.senderFrame?.url),
      reason,
    });
  }
}

function textsFault(values: readonly unknown[], count: number): string | undefined {
  if (values.length !== count) return `a message must have ${count} parts`;
  let bytes = 0;
  for (const value of values) {
    if (typeof value !== 'string') return 'a message must be text';
    // Counting the bytes of a huge text is work, too; no text has fewer bytes than characters.
    bytes += value.length > pageTextBytesMax ? value.length : Buffer.byteLength(value);
    if (bytes > pageTextBytesMax) return `the message is larger than ${pageTextBytesMax} bytes`;
  }
  return undefined;
}

function failureText(code: 'unauthorised' | 'bad-input', reason: string): string {
  return JSON.stringify(failureOf(new ApiError(code, reason)));
}
