/** Keeps a fault of one page from taking the frame (and its HALT button) with it. */

import { Component, type ReactNode } from 'react';
import { ErrorState } from '../ui/states.tsx';

interface Props {
  readonly children: ReactNode;
}

export class ErrorBoundary extends Component<Props, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <ErrorState
        title="This page stopped because of a fault in it"
        failure={{
          ok: false,
          code: 'internal',
          message: error.message,
          hint: 'Bots and orders are not touched: they run in the host. HALT still works.',
        }}
        onRetry={() => this.setState({ error: null })}
      />
    );
  }
}
