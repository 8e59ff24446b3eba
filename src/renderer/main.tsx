/** Where the page starts. */

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { z } from 'zod';
import { App } from './frame/app.tsx';
import { startTerminal } from './store/terminal.ts';
import { followAppearance } from './theme/appearance.ts';
import './theme/theme.css';

// The page runs under a policy without eval: zod must not try to compile its parsers.
z.config({ jitless: true });
followAppearance();
void startTerminal();

const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
