/** Removes a row of a list at the second click: what it removes cost time to get. */

import { useState } from 'react';
import { IconButton } from '../ui/button.tsx';

export function RemoveButton({ label, onRemove }: { readonly label: string; readonly onRemove: () => void }) {
  const [isSure, setSure] = useState(false);
  return (
    <IconButton
      icon={isSure ? 'check' : 'trash'}
      size="sm"
      label={isSure ? `Yes: ${label}` : label}
      className={isSure ? 'text-danger' : ''}
      onBlur={() => setSure(false)}
      onClick={(event) => {
        event.stopPropagation();
        if (isSure) onRemove();
        else setSure(true);
      }}
      data-testid="remove"
    />
  );
}
