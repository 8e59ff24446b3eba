/** The page runs under a policy without eval: zod must not try to compile its parsers. Imported before any schema. */

import { z } from 'zod';

z.config({ jitless: true });
