/** A search that changes nothing is refused before its first trial, with what would make the parameter count. */

import { describe, expect, it } from 'vitest';
import { studySpec } from '../../../src/shared/lab/study.ts';
import { walkForwardSpec } from '../../../src/shared/lab/walk-forward.ts';
import { makeLab, spec, watched } from './lab-harness.ts';

const percents = { orderPercent: { from: 10, to: 90 } };
const asked = (params: Record<string, unknown>, only = ['orderPercent'], spaces = {}) => ({
  backtest: { ...spec, params: { ...spec.params, ...params } },
  only,
  spaces: { ...percents, ...spaces },
  trials: 3,
  minimumTrades: 1,
});
const useless =
  /spaces\.orderPercent: searching it has no effect: it needs sizeType percent, and that is quote/;

describe('orderPercent, which counts where sizes are in percent', () => {
  it('is refused at once beside a given sizeType quote, with the field of the form', () => {
    const begin = () => makeLab().studies.begin(studySpec.parse(asked({ sizeType: 'quote' })));
    expect(begin).toThrow(useless);
    expect(begin).toThrow(
      expect.objectContaining({
        field: 'spaces.orderPercent',
        hint: 'Give sizeType percent among the parameters, or search sizeType as well.',
      }),
    );
  });

  it('is refused before the first trial where sizeType is only suggested', async () => {
    const lab = makeLab();
    await expect(lab.studies.begin(studySpec.parse(asked({})))(watched())).rejects.toThrow(useless);
    expect(lab.studies.list()).toEqual([]);
    const walk = walkForwardSpec.parse({ study: asked({}), windows: 2 });
    await expect(lab.walkForwards.begin(walk)(watched())).rejects.toThrow(useless);
  });

  it('is searched with sizeType percent, or with sizeType searched as well', async () => {
    const lab = makeLab();
    await lab.studies.begin(studySpec.parse(asked({ sizeType: 'percent' })))(watched());
    const both = asked({}, ['orderPercent', 'sizeType'], { sizeType: { options: ['quote', 'percent'] } });
    await lab.studies.begin(studySpec.parse(both))(watched());
    expect(lab.studies.list()).toHaveLength(2);
  });

  it('nobody named does not stop a search of everything', async () => {
    const { only: _only, spaces: _spaces, ...all } = asked({ sizeType: 'quote' });
    await makeLab().studies.begin(studySpec.parse(all))(watched());
  });
});
