/** How a Chinese text sounds: from each of its characters on. */
export interface Sounds {
  initials: readonly string[];
  spellings: readonly string[];
}

/** Something that can be found and done. */
export interface PaletteEntry {
  /** The same for the same thing. */
  key: string;
  title: string;
  /** Where it belongs, shown beside it. */
  hint: string;
  keywords: readonly string[];
  act: () => void | Promise<void>;
}

/** Best first: what begins with the words, then what has them inside, then what sounds like them. */
export function found(
  entries: readonly PaletteEntry[],
  query: string,
  soundsOf: (title: string) => Sounds | undefined,
): PaletteEntry[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === "") return [...entries];
  const letters = wanted.replace(/[\s']/g, "");
  const rank = (entry: PaletteEntry): number => {
    const texts = [entry.title, ...entry.keywords].map((text) => text.toLowerCase());
    if (texts.some((text) => text.startsWith(wanted))) return 0;
    if (texts.some((text) => text.includes(wanted))) return 1;
    const { initials = [], spellings = [] } = soundsOf(entry.title) ?? {};
    const sounds = [...initials, ...spellings];
    if ([initials[0], spellings[0]].some((sound) => sound?.startsWith(letters))) return 2;
    return sounds.some((sound) => sound.startsWith(letters)) ? 3 : Number.POSITIVE_INFINITY;
  };
  return entries
    .map((entry) => ({ entry, rank: rank(entry) }))
    .filter((ranked) => Number.isFinite(ranked.rank))
    .sort((a, b) => a.rank - b.rank)
    .map(({ entry }) => entry);
}
