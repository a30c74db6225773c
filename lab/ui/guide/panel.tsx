// What leads through the page, above the views.

import * as store from '../../state/store.ts';
import { Gallery } from './gallery.tsx';
import { Tour } from './tour.tsx';
import './style.css';

export function Panel() {
  const { tour = null, gallery = null } = store.extras.value ?? {};
  if (tour !== null) return <Tour number={tour} />;
  return gallery && <Gallery shown={gallery} />;
}
