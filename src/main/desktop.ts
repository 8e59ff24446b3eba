/**
 * The desktop program, put together. The engine runs in this process; the window is only a replica of it and may
 * crash, close and come back without the engine noticing.
 *
 * - `startup.ts`, `arguments.ts`: what it starts with; `failures.ts`: how it says that it cannot
 * - `protocol.ts`, `content-policy.ts`, `navigation.ts`, `permissions.ts`, `network.ts`: what a page may not do
 * - `ipc/`: what a page may ask for
 * - `window-keeper.ts`, `tray.ts`, `menu.ts`: what a person sees; `close-policy.ts`, `shutdown.ts`: how it ends
 * - `power.ts`, `updates.ts`, `local-api.ts`: the machine, new versions, the command line
 */

import { app, powerMonitor, session } from 'electron';
import type { ConfigKeeper } from '../adapters/config/config-keeper.ts';
import { RequestBudget } from '../adapters/http/request-budget.ts';
import type { Logger } from '../adapters/logging/logger.ts';
import { createTerminal } from '../app/create-terminal.ts';
import type { Terminal } from '../app/terminal-types.ts';
import type { DesktopFlags } from './arguments.ts';
import { chooseAtClose } from './close-policy.ts';
import { DesktopSettings } from './desktop-settings.ts';
import { askAfterCrashes, askAfterEngineFailure, bugExitCode, endOnBug } from './failures.ts';
import { answerCalls, callsPerTenSecondsMax } from './ipc/api.ts';
import { askByDialog, Confirmations } from './ipc/confirmations.ts';
import { WindowStreams } from './ipc/stream.ts';
import { ValidatedIpc } from './ipc/validated.ts';
import { serveLocalApi } from './local-api.ts';
import { type MenuOptions, setMenu } from './menu.ts';
import { lockNavigation } from './navigation.ts';
import { closeNetwork } from './network.ts';
import { choosePages, type PageOrigin } from './origin.ts';
import { denyPermissions } from './permissions.ts';
import { type PowerWatch, watchPower } from './power.ts';
import { type ProgramFiles, programFiles } from './program-files.ts';
import { servePages } from './protocol.ts';
import { Shutdown, stopTimeoutMs } from './shutdown.ts';
import type { Surroundings } from './startup.ts';
import { type TradingActions, tradingActions } from './trading-actions.ts';
import { startTray, type TrayKeeper } from './tray.ts';
import { loadUpdater, Updates } from './updates.ts';
import { WindowKeeper } from './window-keeper.ts';

export interface DesktopOptions {
  readonly flags: DesktopFlags;
  readonly dataFolder: string;
  readonly surroundings: Surroundings;
  readonly keeper: ConfigKeeper;
  readonly log: Logger;
}

export class Desktop {
  private readonly options: DesktopOptions;
  private readonly log: Logger;
  private readonly pages: PageOrigin;
  private readonly files: ProgramFiles;
  /** The engine starts while the window opens; what needs it waits for this. */
  private readonly starting: Promise<Terminal>;
  private readonly shutdown: Shutdown;
  private readonly forgetBugs: () => void;
  private readonly windows: WindowKeeper;
  private readonly streams: WindowStreams;
  private readonly actions: TradingActions;
  /** Undone before the engine stops, the newest first. */
  private readonly endings: (() => void | Promise<void>)[] = [];
  private terminal: Terminal | undefined;
  private settings: DesktopSettings | undefined;
  private power: PowerWatch | undefined;
  private tray: TrayKeeper | undefined;
  private isAskingToClose = false;

  /** Begins to start the engine. Electron must be ready. */
  constructor(options: DesktopOptions) {
    const { keeper, dataFolder, flags, surroundings, log } = options;
    this.options = options;
    this.log = log;
    this.pages = choosePages(surroundings.environment, app.isPackaged);
    this.files = programFiles(app.getAppPath());
    this.starting = createTerminal({
      config: keeper.config,
      dataFolder,
      seed: flags.seed,
      speed: flags.speed,
      demoBots: flags.demo ? 'running' : 'offered',
      log,
    });
    // Everybody who waits for it hears of a failure; this only keeps it from counting as unheard before that.
    this.starting.catch(() => undefined);
    this.forgetBugs = endOnBug(log, (exitCode) => app.exit(exitCode));
    this.shutdown = new Shutdown({
      timeoutMs: stopTimeoutMs,
      log,
      stop: (reason) => this.stop(reason),
      exit: (exitCode) => {
        this.forgetBugs();
        log.close();
        app.exit(exitCode);
      },
    });
    this.streams = new WindowStreams(this.starting, log);
    this.actions = tradingActions(async () => (await this.starting).client, log);
    const ipc = this.openIpc();
    this.windows = new WindowKeeper({
      dataFolder,
      files: this.files,
      pages: this.pages,
      log,
      nowMs: () => Date.now(),
      onCreated: (contents) => ipc.watchUnknown(contents),
      onClose: () => this.background(this.closeWindow()),
      onCrashLoop: (retry) => this.background(this.afterCrashes(retry)),
    });
  }

  /** Opens the window and waits until the engine runs. Throws when it cannot start. */
  async run(): Promise<void> {
    const { pages, log } = this;
    lockNavigation(pages, log);
    denyPermissions(session.defaultSession, pages, log);
    closeNetwork(session.defaultSession, pages, log);
    servePages(session.defaultSession, this.files.renderer);
    this.listen();
    setMenu(this.menu(undefined));
    this.windows.show();
    try {
      const terminal = await this.starting;
      this.terminal = terminal;
      if (!this.shutdown.hasBegun) await this.attend(terminal);
    } catch (error) {
      log.error('the desktop could not start', { error });
      await this.shutdown.stopEngine('it could not start');
      this.forgetBugs();
      log.close();
      throw error;
    }
  }

  private openIpc(): ValidatedIpc {
    const { pages, log } = this;
    const ipc = new ValidatedIpc({ pages, isOwnWindow: (contents) => this.windows.isOwn(contents), log });
    const budget = new RequestBudget(callsPerTenSecondsMax, () => performance.now());
    answerCalls(ipc, {
      terminal: this.starting,
      mayCall: () => budget.take('window') === 0,
      confirmations: new Confirmations(askByDialog, log),
      log,
      onDone: (method) => {
        this.power?.look();
        if (method === 'settings/set' && this.settings !== undefined) this.background(this.settings.load());
      },
    });
    this.streams.listen(ipc);
    this.endings.push(
      () => ipc.dispose(),
      () => this.streams.close(),
    );
    return ipc;
  }

  /** Hears what the system and other starts of the program say. */
  private listen(): void {
    app.on('second-instance', () => this.windows.show());
    app.on('activate', () => this.windows.show());
    // Whether the program ends is decided when the window is closed, not when it is gone.
    app.on('window-all-closed', () => undefined);
    app.on('before-quit', (event) => {
      // Once the engine has stopped, an update may end the program by itself.
      if (this.shutdown.hasStopped) return;
      event.preventDefault();
      this.quit('the program was quit');
    });
    app.on('child-process-gone', (_event, { type, reason, name }) => {
      this.log.error('a helper process is gone; the engine goes on', { type, reason, name });
    });
    const onShutdown = (event: { preventDefault(): void }): void => {
      // The system waits a moment for who asks for it: enough to stop in order.
      event.preventDefault();
      this.quit('the machine shuts down');
    };
    // Electron's types leave the event out that its documentation describes.
    powerMonitor.on('shutdown', onShutdown as () => void);
    const onSignal = (signal: NodeJS.Signals): void => this.quit(`asked to stop by ${signal}`);
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      process.on(signal, onSignal);
      this.endings.push(() => void process.off(signal, onSignal));
    }
  }

  /** Puts everything up that needs the running engine. */
  private async attend(terminal: Terminal): Promise<void> {
    const { dataFolder, keeper } = this.options;
    const { log, actions } = this;
    keeper.confirm(Date.now());
    this.background(terminal.ended.then((end) => this.engineEnded(end.reason, end.failure)));
    const settings = new DesktopSettings(terminal.client, log);
    this.settings = settings;
    await settings.load();
    const power = watchPower(terminal, log);
    const tray = startTray({
      client: terminal.client,
      actions,
      settings,
      resources: this.files.resources,
      show: () => this.windows.show(),
      quit: () => this.quit('Quit was chosen in the tray'),
      log,
    });
    this.power = power;
    this.tray = tray;
    this.endings.push(
      () => power.dispose(),
      () => tray.dispose(),
      await serveLocalApi(terminal, keeper.config, dataFolder, log),
    );
    await this.startUpdates(terminal);
  }

  private async startUpdates(terminal: Terminal): Promise<void> {
    const updater = await loadUpdater(app.isPackaged, process.resourcesPath);
    if (updater === undefined) return;
    const updates = new Updates({
      updater,
      client: terminal.client,
      stopEngine: (reason) => this.shutdown.stopEngine(reason),
      abandon: () => this.quit('an update could not be installed', bugExitCode),
      log: this.log,
    });
    this.endings.push(() => updates.stop());
    setMenu(this.menu(() => this.background(updates.check())));
    updates.start();
  }

  private menu(checkForUpdates: (() => void) | undefined): MenuOptions {
    return {
      platform: this.options.surroundings.platform,
      hasDeveloperTools: this.pages.hasDeveloperTools,
      actions: this.actions,
      checkForUpdates,
      quit: () => this.quit('Quit was chosen in the menu'),
    };
  }

  private async closeWindow(): Promise<void> {
    if (this.isAskingToClose) return;
    this.isAskingToClose = true;
    try {
      const choice = await chooseAtClose({
        closeToTray: this.settings?.closeToTray === true,
        hasTray: this.tray?.isThere === true,
        isBusy: this.terminal?.isBusy === true,
        platform: this.options.surroundings.platform,
      });
      if (choice === 'hide') this.windows.hide();
      if (choice === 'quit') this.quit('the window was closed');
    } finally {
      this.isAskingToClose = false;
    }
  }

  private async afterCrashes(retry: () => void): Promise<void> {
    if (await askAfterCrashes()) retry();
    else this.quit('the page crashed again and again', bugExitCode);
  }

  private async engineEnded(reason: string, failure: Error | undefined): Promise<void> {
    if (this.shutdown.hasBegun) return;
    if (failure === undefined) {
      this.quit(reason);
      return;
    }
    if (await askAfterEngineFailure(failure)) app.relaunch();
    this.quit(reason, bugExitCode);
  }

  private quit(reason: string, exitCode = 0): void {
    this.background(this.shutdown.end(reason, exitCode));
  }

  private async stop(reason: string): Promise<void> {
    this.windows.finish();
    for (const end of this.endings.splice(0).reverse()) await end();
    // An engine that never started has nothing to stop; whoever started it has told why.
    const terminal = await this.starting.catch(() => undefined);
    await terminal?.stop(reason);
  }

  /** Lets work go on by itself; an error in it is a bug and is handled as one. */
  private background(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      queueMicrotask(() => {
        throw error;
      });
    });
  }
}
