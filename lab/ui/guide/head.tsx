// The head of what leads through the page: what it is, the way out, and its title, which gets the focus.

import type { RefObject } from 'preact';
import { strings } from '../../strings.ts';
import { leaveGuide } from './leave.ts';

export interface GuideHeadProps {
  /** What leads, or where in it one is. */
  readonly label: string;
  readonly title: string;
  /** What the way out says. */
  readonly leave?: string;
  readonly heading?: RefObject<HTMLHeadingElement | null>;
}

export function GuideHead({ label, title, leave = strings.dismiss, heading }: GuideHeadProps) {
  return (
    <>
      <header class="guide-head">
        <p class="note">{label}</p>
        <button type="button" class="quiet" id="guide-leave" onClick={leaveGuide}>
          {leave}
        </button>
      </header>
      <h2 id="guide-title" tabIndex={-1} ref={heading}>
        {title}
      </h2>
    </>
  );
}
