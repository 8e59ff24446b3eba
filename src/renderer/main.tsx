/** Where the page starts. */

import './no-eval.ts';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './frame/app.tsx';
import { startTerminal } from './store/terminal.ts';
import { followAppearance } from './theme/appearance.ts';
import './theme/theme.css';

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
