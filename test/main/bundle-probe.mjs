/**
 * Runs the built main process in plain Node: `electron` is the stand-in, everything else is what ships. Calls a few
 * methods as a page would, prints what they answer as one line of JSON, and quits.
 */
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

const [, , bundle = '', ...args] = process.argv;
const standInUrl = new URL('./electron-stand-in/index.ts', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url: standInUrl, shortCircuit: true } : next(specifier, context),
});
const electron = await import(standInUrl);
const { app, BrowserWindow, ipcMain, seen } = electron;
const ended = new Promise((resolve) => app.once('stand-in-exit', resolve));
// The bundle drops the program's own path and the folder Electron is given.
process.argv = [process.execPath, bundle, ...args];
await import(pathToFileURL(bundle).href);

const opened = Promise.withResolvers();
app.on('web-contents-created', () => opened.resolve());
const failed = ended.then((code) => {
  throw new Error(`the program ended with ${code}: ${JSON.stringify(seen.errorBoxes)}`);
});
await Promise.race([opened.promise, failed]);
const [{ webContents }] = BrowserWindow.getAllWindows();
webContents.mainFrame.url = 'app://sextant/index.html';
const event = { sender: webContents, senderFrame: webContents.mainFrame };
const call = async (name, request = {}) =>
  JSON.parse(await ipcMain.invoke('sextant/call', event, [name, JSON.stringify(request)]));

const answers = {
  status: await call('system/status'),
  about: await call('settings/about'),
  candles: await call('market/candles', { instrument: 'sim-a:BTC/USDT', timeframe: '1m', limit: 50 }),
  keys: await call('keys/list'),
  verify: await call('journal/verify'),
};
failed.catch(() => undefined);
app.quit();
process.stdout.write(`${JSON.stringify({ ...answers, exitCode: await ended })}\n`);
process.exit(0);
