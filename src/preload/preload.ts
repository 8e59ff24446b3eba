/**
 * The desktop's bridge: puts `window.sextant` before the page. Only named functions cross over; the page gets no
 * Electron object, no event and no channel name.
 */

import { contextBridge, ipcRenderer } from 'electron';
import { createBridge } from './bridge.ts';

contextBridge.exposeInMainWorld(
  'sextant',
  createBridge({
    invoke: (channel, ...texts) => ipcRenderer.invoke(channel, ...texts),
    hand: (channel, text, port) => ipcRenderer.postMessage(channel, text, [port]),
  }),
);
