/** The gallery of templates: what each strategy does, when it is good, what it risks. */

import type { StrategyView } from '../../shared/api/views.ts';
import { useQuery } from '../store/hooks.ts';
import { goTo } from '../store/route.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';
import { StrategyPicture } from './strategy-picture.tsx';

function Card({ strategy }: { readonly strategy: StrategyView }) {
  const open = (): void => goTo('bots', 'new', strategy.id);
  return (
    <article
      className="flex flex-col overflow-hidden rounded-lg border border-line bg-surface transition-colors hover:border-line-strong"
      data-testid={`template-${strategy.id}`}
    >
      <div className="border-b border-line bg-bg">
        <StrategyPicture family={strategy.family} />
      </div>
      <div className="flex grow flex-col gap-2 p-3.5">
        <h2 className="text-lg font-semibold">{strategy.title}</h2>
        <p className="text-sm">{strategy.summary}</p>
        <dl className="mt-1 flex flex-col gap-1.5 text-sm">
          <div className="flex gap-2">
            <dt className="w-16 shrink-0 text-muted">Good for</dt>
            <dd>{strategy.goodFor}</dd>
          </div>
          <div className="flex gap-2">
            <dt className="w-16 shrink-0 text-muted">Risk</dt>
            <dd className="text-warn">{strategy.risk}</dd>
          </div>
        </dl>
        <span className="grow" />
        <Button
          variant="primary"
          onClick={open}
          className="mt-2 self-start"
          data-testid={`template-open-${strategy.id}`}
        >
          Set up
        </Button>
      </div>
    </article>
  );
}

export function Gallery() {
  const { value, failure, retry } = useQuery('strategies/list', {}, ['never']);
  return (
    <div className="flex h-full flex-col">
      <div className="flex h-11 shrink-0 items-center gap-2 border-b border-line bg-surface px-3">
        <IconButton
          icon="chevronLeft"
          label="Back to bots"
          onClick={() => goTo('bots')}
          data-testid="gallery-back"
        />
        <h1 className="text-lg font-semibold">New bot</h1>
        <span className="text-sm text-muted">
          Choose a template. Nothing is placed before you have seen the plan.
        </span>
      </div>
      <div className="min-h-0 grow overflow-auto p-4" data-testid="gallery">
        {value === null ? (
          failure === null ? (
            <SkeletonRows rows={8} />
          ) : (
            <ErrorState title="The templates could not be loaded" failure={failure} onRetry={retry} />
          )
        ) : (
          <div className="mx-auto grid max-w-[1180px] grid-cols-[repeat(auto-fill,minmax(290px,1fr))] gap-3.5">
            {value.strategies.map((strategy) => (
              <Card key={strategy.id} strategy={strategy} />
            ))}
          </div>
        )}
      </div>
    </div>
  );
}
