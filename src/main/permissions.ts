/** What pages may ask of the system: nothing, but to save a text they made themselves. */

import type { Session } from 'electron';
import type { LogPort } from '../adapters/logging/log-port.ts';
import { isOwnPage, originForLog, type PageOrigin } from './origin.ts';

/** Denies every permission and device to the pages of a session. */
export function denyPermissions(session: Session, pages: PageOrigin, log: LogPort): void {
  session.setPermissionRequestHandler((_contents, permission, answer, details) => {
    log.warn('a permission was refused', { permission, origin: originForLog(details.requestingUrl) });
    answer(false);
  });
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}));
  session.setBluetoothPairingHandler((_details, answer) => answer({ confirmed: false }));
  session.on('select-hid-device', (event, _details, answer) => {
    event.preventDefault();
    answer('');
  });
  session.on('select-serial-port', (event, _ports, _contents, answer) => {
    event.preventDefault();
    answer('');
  });
  session.on('select-usb-device', (event, _details, answer) => {
    event.preventDefault();
    answer('');
  });
  session.on('will-download', (event, item) => {
    // Exports are made in the page and saved under a name the person chooses.
    if (isOwnBlob(item.getURL(), pages)) return;
    event.preventDefault();
    log.warn('a download was refused', { origin: originForLog(item.getURL()) });
  });
}

function isOwnBlob(address: string, pages: PageOrigin): boolean {
  return address.startsWith('blob:') && isOwnPage(address.slice('blob:'.length), pages);
}
