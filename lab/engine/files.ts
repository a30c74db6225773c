// What enters and leaves the engine as a file. Reading and packing are a part of the engine that is loaded when it is first asked for: exchange.ts.

import type { Backend } from '../../src/index.ts';
import type { Opening, Request, RequestOf } from '../protocol.ts';
import type { Outlet } from './answers.ts';
import type { Laboratory } from './laboratory.ts';

export class Files {
  private readonly backend: Backend;
  private readonly out: Outlet;

  constructor(backend: Backend, out: Outlet) {
    this.backend = backend;
    this.out = out;
  }

  /** Opens files; what cannot be opened leaves the run as it is. @param replace takes the run that was in them */
  open(request: RequestOf<'open'>, replace: (next: Laboratory, opened: Opening) => void): void {
    this.with(request, async ({ open }) => {
      const found = await open(this.backend, request);
      if ('laboratory' in found) replace(found.laboratory, found.opened);
      else this.out.post({ type: 'opened', id: request.id, opened: found });
    });
  }

  save(laboratory: Laboratory, request: RequestOf<'save-model' | 'save-session'>): void {
    this.with(request, ({ pack }) => {
      const packed = pack(laboratory, request);
      this.out.post(packed, [packed.bytes.buffer]);
    });
  }

  private with(request: Request, act: (exchange: typeof import('./exchange.ts')) => void | Promise<void>): void {
    import('./exchange.ts').then(act).catch((error) => this.out.refuse(request.id, request.type, error));
  }
}
