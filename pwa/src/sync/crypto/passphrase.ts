/** Passphrases, normalised so that the same words open the vault on any keyboard and any system. */

const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
const SPACES = /\p{White_Space}+/gu;

/** NFKC, then no default-ignorable characters, then one space for each run of white space, none at the ends. */
export function normalised(passphrase: string): string {
  const composed = passphrase.normalize("NFKC");
  return composed.replace(INVISIBLE, "").replace(SPACES, " ").replace(/^ | $/g, "");
}
