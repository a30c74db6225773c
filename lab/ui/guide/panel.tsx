// What leads through the page, above the views.

import * as store from '../../state/store.ts';
import { Tour } from './tour.tsx';
import './style.css';

export function Panel() {
  const { tour = null } = store.extras.value ?? {};
  return tour === null ? null : <Tour number={tour} />;
}
