/** The digest of the audit chain. */

import { createHash } from 'node:crypto';
import type { DigestPort } from '../../engine/ports.ts';

/** SHA-256 of a text as lower-case hexadecimal. */
export const sha256Hex: DigestPort = (text) => createHash('sha256').update(text).digest('hex');
