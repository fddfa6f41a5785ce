/**
 * Where the records of the latest frames lie, so that a finding can say it of its evidence. Hot: `note` runs per frame and
 * makes a page of columns for every 16,384 of them; eight octets a frame, 16 MiB at most (bench/ measures both).
 */
import type { Frame, RecordPlace } from './model.ts';

const PAGE = 1 << 14;
/** The first page is small: so it is turned before `note` is compiled, and not for the first time when everything is. */
const FIRST_PAGE = 1 << 6;
const PAGES = 128;
/** An offset this far behind the start of its page is not kept: it takes blocks of megabytes between the frames. */
const FARTHEST = 0xffff_ffff;

interface Page {
  /** Number of its first frame, and offset of that one's record. */
  first: number;
  base: number;
  readonly offsets: Uint32Array;
  readonly lengths: Uint32Array;
}

export class FramePlaces {
  private readonly pages: Page[] = [];
  private page: Page = newPage(0, 0);
  /** Frames of the page. */
  private frames = 0;
  private capture = -1;

  /** Numbers grow; in between some may be missing. */
  note(frame: Frame): void {
    const { number, offset, capture } = frame;
    let at = number - this.page.first;
    if (at >= this.frames || capture !== this.capture) {
      this.turn(number, offset);
      this.capture = capture;
      at = 0;
    }
    this.page.offsets[at] = Math.min(offset - this.page.base, FARTHEST);
    this.page.lengths[at] = frame.recordLength;
  }

  /** Undefined for a frame that was too long ago, or not handed on. */
  of(number: number): RecordPlace | undefined {
    const page = this.pages.findLast(({ first }) => first <= number);
    const at = number - (page?.first ?? 0);
    const [offset = FARTHEST, length = 0] = [page?.offsets[at], page?.lengths[at]];
    return page === undefined || offset === FARTHEST || length === 0 ? undefined : { offset: page.base + offset, length };
  }

  private turn(first: number, base: number): void {
    const oldest = this.pages.length < PAGES ? undefined : this.pages.shift();
    oldest?.lengths.fill(0);
    this.frames = this.pages.length === 0 ? FIRST_PAGE : PAGE;
    this.page = oldest ?? newPage(first, PAGE);
    this.page.first = first;
    this.page.base = base;
    this.pages.push(this.page);
  }
}

function newPage(first: number, frames: number): Page {
  return { first, base: 0, offsets: new Uint32Array(frames), lengths: new Uint32Array(frames) };
}
