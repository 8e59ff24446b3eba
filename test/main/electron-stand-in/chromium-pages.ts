/**
 * Real Chromium pages behind the stand-in's windows. Chromium knows no `app:` scheme, so the page lives at an https
 * address that nobody serves; every request is taken back to `app:` and answered by the program's own handler.
 */
import type { BrowserContext, Frame, Page, Route } from 'playwright-core';
import { makeEvent } from './app.ts';
import { ipcMain, StandInPort } from './ipc.ts';
import { type PageMessage, pageBinding, pagePorts, pageScript } from './page-shim.ts';
import { type PageBehind, type StandInContents, type StandInFrame, StandInWindow } from './window.ts';

const outside = 'https://sextant.test/';
const inside = 'app://sextant/';

const toOutside = (address: string): string =>
  address.startsWith(inside) ? outside + address.slice(inside.length) : address;
const toInside = (address: string): string =>
  address.startsWith(outside) ? inside + address.slice(outside.length) : address;

/** One window's page, and what the program let out of it. */
export interface OpenedPage extends PageBehind {
  readonly page: Page;
  readonly contents: StandInContents;
  /** Addresses the program would have let onto the network. */
  readonly leaked: string[];
}

/** Opens pages in one browser. `preload` is the bundled preload script. */
export class ChromiumPages {
  private readonly context: BrowserContext;
  private readonly preload: string;
  readonly opened: OpenedPage[] = [];

  constructor(context: BrowserContext, preload: string) {
    this.context = context;
    this.preload = preload;
  }

  async open(contents: StandInContents, address: string): Promise<OpenedPage> {
    const page = await this.context.newPage();
    const ports = new Map<number, StandInPort>();
    const leaked: string[] = [];
    let isClosed = false;
    const opened: OpenedPage = {
      page,
      contents,
      leaked,
      close: () => {
        if (isClosed) return;
        isClosed = true;
        for (const port of ports.values()) port.farClosed();
        page.close().catch(() => undefined); // The browser may be gone already.
      },
    };
    await page.exposeBinding(pageBinding, ({ frame }, message: PageMessage) =>
      receive(contents, frame, page, ports, message),
    );
    await page.addInitScript({ content: pageScript(this.preload) });
    page.on('popup', (popup) => {
      contents.wantsWindow(toInside(popup.url()));
      popup.close().catch(() => undefined);
    });
    let isLoading = true;
    await page.route('**/*', (route) => answer(route, contents, page, isLoading, leaked));
    await page.goto(toOutside(address), { waitUntil: 'load' });
    isLoading = false;
    this.opened.push(opened);
    return opened;
  }
}

/** The frame a message came from, as the program sees it. */
function frameOf(contents: StandInContents, frame: Frame, page: Page): StandInFrame {
  const url = toInside(frame.url());
  if (frame === page.mainFrame()) {
    contents.mainFrame.url = url;
    return contents.mainFrame;
  }
  return { url, parent: contents.mainFrame, frameTreeNodeId: contents.mainFrame.frameTreeNodeId + 1 };
}

async function receive(
  contents: StandInContents,
  frame: Frame,
  page: Page,
  ports: Map<number, StandInPort>,
  message: PageMessage,
): Promise<unknown> {
  const event = makeEvent({ sender: contents, senderFrame: frameOf(contents, frame, page) });
  switch (message.kind) {
    case 'invoke':
      try {
        return { value: await ipcMain.invoke(message.channel, event, message.values) };
      } catch (error) {
        return { error: error instanceof Error ? error.message : String(error) };
      }
    case 'post': {
      const handed = message.ports.map((id) => openPort(page, id, ports));
      const full = { ...event, ports: handed };
      contents.emit('ipc-message', full, message.channel, message.value);
      ipcMain.emit(message.channel, full, message.value);
      return undefined;
    }
    case 'port':
      ports.get(message.port)?.receive(message.data);
      return undefined;
    case 'port-closed':
      ports.get(message.port)?.farClosed();
      return undefined;
    case 'open':
      if (contents.wantsWindow(toInside(message.url))) new StandInWindow({});
      return undefined;
  }
}

function openPort(page: Page, id: number, ports: Map<number, StandInPort>): StandInPort {
  const reach = (data: unknown): void => {
    page
      .evaluate(
        ([name, port, value]) =>
          (window as never as Record<string, (id: number, data: unknown) => void>)[name]?.(port, value),
        [pagePorts, id, data] as const,
      )
      .catch(() => undefined); // The page is gone: so is its port.
  };
  const port = new StandInPort(
    (value) => reach({ value }),
    () => reach(undefined),
  );
  ports.set(id, port);
  return port;
}

async function answer(
  route: Route,
  contents: StandInContents,
  page: Page,
  isLoading: boolean,
  leaked: string[],
): Promise<void> {
  const request = route.request();
  const address = toInside(request.url());
  if (request.isNavigationRequest() && !isLoading) {
    const isMainFrame = request.frame() === page.mainFrame();
    const mayGo =
      contents.wantsToGo(address, 'will-frame-navigate', isMainFrame) &&
      (!isMainFrame || contents.wantsToGo(address, 'will-navigate'));
    if (!mayGo) return route.abort('aborted');
  }
  const { session } = contents;
  const scheme = session.schemes.get(new URL(address).protocol.slice(0, -1));
  if (!session.allows(address)) return route.abort('blockedbyclient');
  if (scheme === undefined) {
    leaked.push(address);
    return route.abort('failed');
  }
  const response = await scheme(new Request(address, { method: request.method() }));
  return route.fulfill({
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: Buffer.from(await response.arrayBuffer()),
  });
}
