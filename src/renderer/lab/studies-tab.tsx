/** The optimiser: its studies, the form of a new one, one study with its trials. */

import { RunningStudy } from './running-study.tsx';
import { StudyForm } from './study-form.tsx';
import { StudyList } from './study-list.tsx';
import { StudyView } from './study-view.tsx';

export function StudiesTab({ parts }: { readonly parts: readonly string[] }) {
  const [first, second] = parts;
  if (first === 'new') return <StudyForm failed={second ?? null} />;
  if (first === 'running' && second !== undefined) return <RunningStudy job={second} key={second} />;
  if (first !== undefined) return <StudyView id={first} key={first} />;
  return <StudyList />;
}
