/** The proof: hash chain, duplicates, lost fills, identities of the books. */

import { useEffect, useState } from 'react';
import type { ApiResult } from '../../shared/api/result.ts';
import type { VerifyView } from '../../shared/api/views.ts';
import { formatDecimal } from '../format/decimal-text.ts';
import { call } from '../store/terminal.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';

interface Check {
  readonly label: string;
  readonly isGood: boolean;
  readonly text: string;
}

function checksOf(result: VerifyView): readonly Check[] {
  const { checked, failed } = result.identities;
  return [
    {
      label: 'Hash chain',
      isGood: result.chain === 'ok',
      text:
        result.chain === 'ok' ? `${formatDecimal(String(result.records))} records, unbroken` : result.chain,
    },
    { label: 'Fills booked twice', isGood: result.duplicates === 0, text: String(result.duplicates) },
    { label: 'Fills lost', isGood: result.lostFills === 0, text: String(result.lostFills) },
    {
      label: 'Identities of the books',
      isGood: failed === 0,
      text: `${formatDecimal(String(checked))} checked, ${failed} failed`,
    },
  ];
}

export function VerifyPane() {
  const [result, setResult] = useState<ApiResult<VerifyView> | null>(null);
  const verify = (): void => {
    setResult(null);
    void call('journal/verify', {}).then(setResult);
  };
  useEffect(() => {
    void call('journal/verify', {}).then(setResult);
  }, []);
  if (result === null) return <SkeletonRows />;
  if (!result.ok)
    return <ErrorState title="The journal could not be verified" failure={result} onRetry={verify} />;
  return (
    <div className="mx-auto flex max-w-[720px] flex-col gap-3 p-4" data-testid="verify">
      <p className="text-muted">
        Read back from the store just now: every record's hash, every fill once, every sum of the ledger.
      </p>
      <ul className="divide-y divide-line rounded-md border border-line">
        {checksOf(result.value).map((check) => (
          <li key={check.label} className="flex items-center gap-3 px-3 py-2">
            <span className={check.isGood ? 'text-up' : 'text-danger'}>
              <Icon name={check.isGood ? 'check' : 'warning'} size={16} />
            </span>
            <span className="w-44">{check.label}</span>
            <span className="num text-sm">{check.text}</span>
          </li>
        ))}
      </ul>
      {result.value.problems.map((problem) => (
        <p key={problem} className="rounded-sm border border-danger/60 px-2 py-1 text-sm text-danger">
          {problem}
        </p>
      ))}
      <p className="text-2xs text-muted">Last hash</p>
      <p className="num -mt-3 text-xs break-all whitespace-normal">{result.value.lastHash}</p>
      <Button icon="refresh" className="self-start" onClick={verify}>
        Verify again
      </Button>
    </div>
  );
}
