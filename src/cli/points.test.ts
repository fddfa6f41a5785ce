import { expect, test } from 'vitest';
import { type FileEnds, groupPoints } from './points.ts';

function file(path: string, begins: number, ends = begins + 0.5, more: Partial<FileEnds> = {}): FileEnds {
  return { path, linkType: 'EN10MB', begins, ends, opens: new Set(), closes: new Set(), accepts: new Set(), ...more };
}

const seen = { accepts: new Set(['10.0.0.2 80 10.0.0.1 1000 4711']) };
const going = { closes: new Set(['10.0.0.1 1000 10.0.0.2 80 77']) };
const gone = { opens: new Set(['10.0.0.1 1000 10.0.0.2 80 77']) };

test.each([
  ['one file', [file('a.pcap', 1)], [['a.pcap']]],
  ['two hosts', [file('client.pcap', 1), file('server.pcap', 2)], [['client.pcap'], ['server.pcap']]],
  ['a ring of tcpdump -C', [file('ring', 1), file('ring1', 2), file('ring2', 3)], [['ring', 'ring1', 'ring2']]],
  [
    'a ring of dumpcap',
    [file('x_00001_20261122.pcapng', 1), file('x_00002_20261122.pcapng', 2)],
    [['x_00001_20261122.pcapng', 'x_00002_20261122.pcapng']],
  ],
  ['a ring of which parts are packed', [file('p.1.pcap.gz', 1), file('p.2.pcap', 2)], [['p.1.pcap.gz', 'p.2.pcap']]],
  [
    'two rings side by side',
    [file('a.1.pcap', 1), file('b.1.pcap', 1), file('a.2.pcap', 5), file('b.2.pcap', 5)],
    [
      ['a.1.pcap', 'a.2.pcap'],
      ['b.1.pcap', 'b.2.pcap'],
    ],
  ],
  ['the same name in two folders', [file('x/p1.pcap', 1), file('y/p2.pcap', 2)], [['x/p1.pcap'], ['y/p2.pcap']]],
  ['another link type', [file('p1.pcap', 1), file('p2.pcap', 2, 2, { linkType: 'LINUX_SLL2' })], [['p1.pcap'], ['p2.pcap']]],
  ['an earlier part after a later one', [file('p2.pcap', 2), file('p1.pcap', 1)], [['p1.pcap', 'p2.pcap']]],
  ['a ring as a shell sorts it', [file('r', 1), file('r1', 2), file('r10', 11), file('r2', 3)], [['r', 'r1', 'r2', 'r10']]],
  ['numbered files whose times overlap', [file('p1.pcap', 1, 100), file('p2.pcap', 3, 90)], [['p1.pcap'], ['p2.pcap']]],
  ['numbered files that race each other', [file('p1.pcap', 1, 3.9), file('p2.pcap', 3)], [['p1.pcap', 'p2.pcap']]],
  [
    'numbered files that saw the same connection begin',
    [file('p1.pcap', 1, 2, seen), file('p2.pcap', 9, 10, seen)],
    [['p1.pcap'], ['p2.pcap']],
  ],
  ['a part whose end is not known', [file('p1.pcap.gz', 1, Number.NaN), file('p2.pcap.gz', 3, Number.NaN)], [['p1.pcap.gz', 'p2.pcap.gz']]],
  [
    'other names, and connections go on',
    [file('before.pcap', 1, 2, going), file('after.pcap', 2, 3, gone)],
    [['before.pcap', 'after.pcap']],
  ],
  [
    'other names, and connections go on, but times overlap',
    [file('a.pcap', 1, 9, going), file('b.pcap', 2, 9, gone)],
    [['a.pcap'], ['b.pcap']],
  ],
  ['a file without frames between the others', [file('p1', 1), file('p2', Number.NaN), file('p3', 3)], [['p1', 'p3'], ['p2']]],
  ['the same file twice', [file('p1.pcap', 1), file('p1.pcap', 1)], [['p1.pcap'], ['p1.pcap']]],
])('%s', (_what, files, points) => {
  expect(groupPoints(files).map(({ paths }) => paths)).toEqual(points);
});

test('it is said why', () => {
  const reasons = groupPoints([
    file('p1.pcap', 1, 2),
    file('p2.pcap', 3, 9),
    file('here.pcap', 20, 21, going),
    file('there.pcap', 22, 30, gone),
    file('other.pcap', 25),
    file('later.pcap', 99),
  ]).map(({ assumed }) => assumed);
  expect(reasons).toEqual([
    'taken for parts of one ring, because their names are numbered and their times follow each other',
    'taken for parts of one ring, because connections go on from one to the next',
    'taken for a place of capture of its own, because its time overlaps with that of another file',
    'taken for a place of capture of its own',
  ]);
});
