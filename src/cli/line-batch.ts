/** Lines, or pieces of a report -> few writes: they are gathered until `flush`, or until there is a block of them. */
import type { Output } from './io.ts';

const BLOCK = 1 << 16;

export class LineBatch {
  #pending = '';
  readonly #output: Pick<Output, 'write'>;

  constructor(output: Pick<Output, 'write'>) {
    this.#output = output;
  }

  add(text: string): void {
    this.#pending += text;
    if (this.#pending.length >= BLOCK) this.flush();
  }

  flush(): void {
    if (this.#pending === '') return;
    this.#output.write(this.#pending);
    this.#pending = '';
  }
}
