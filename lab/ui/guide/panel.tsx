// What leads through the page, above the views.

import * as store from '../../state/store.ts';
import { Exercise } from './exercise.tsx';
import { Frame } from './frame.tsx';
import { Gallery } from './gallery.tsx';
import { Maker } from './maker.tsx';
import { Tour } from './tour.tsx';
import './style.css';

export function Panel() {
  const { tour = null, gallery = null, tasks = '', title = '' } = store.extras.value ?? {};
  if (store.maker.value === 'exercise') return <Maker />;
  if (store.maker.value === 'frame') return <Frame />;
  if (tasks !== '') return <Exercise title={title} link={tasks} />;
  if (tour !== null) return <Tour number={tour} />;
  return gallery && <Gallery shown={gallery} />;
}
