/** Directions that must be looked at again after a fixed time, in the order in which they were added. */
export class Deadlines {
  /** When the first of them is due; Infinity when there is none. */
  due = Number.POSITIVE_INFINITY;
  private readonly delay: number;
  private readonly times: number[] = [];
  private readonly directions: number[] = [];
  /** Ids are recycled: the number of the connection in the point tells whether it is still the same one. */
  private readonly ordinals: number[] = [];
  private head = 0;

  constructor(delay: number) {
    this.delay = delay;
  }

  add(direction: number, ordinal: number, time: number): void {
    this.times.push(time + this.delay);
    this.directions.push(direction);
    this.ordinals.push(ordinal);
    this.setDue();
  }

  /** Takes the first one; `look` is told its direction and the connection's number. */
  take(look: (direction: number, ordinal: number) => void): void {
    const direction = this.directions[this.head] ?? 0;
    const ordinal = this.ordinals[this.head] ?? 0;
    this.head++;
    if (2 * this.head > this.times.length) this.compact();
    this.setDue();
    look(direction, ordinal);
  }

  private setDue(): void {
    this.due = this.times[this.head] ?? Number.POSITIVE_INFINITY;
  }

  private compact(): void {
    for (const column of [this.times, this.directions, this.ordinals]) column.splice(0, this.head);
    this.head = 0;
  }
}
