import { beforeEach, describe, expect, test } from "vitest";

import { Book } from "../../../src/sync/coordinator/book.ts";
import { inOrder, overview, type SeenContact } from "../../../src/sync/coordinator/contacts.ts";
import { encodePulled } from "../../../src/sync/coordinator/pages.ts";
import { ContactSheet } from "../../../src/sync/coordinator/sheet.ts";
import type { KeyPacket } from "../../../src/sync/exchange.ts";
import { believed, Desk, Worker, type Written } from "./workers.ts";

const FORM = { form: "contact", form_hash: "ab".repeat(32) };

let desk: Desk;
let amara: Worker;
let bela: Worker;
let book: Book;
let sheet: ContactSheet;

beforeEach(async () => {
  desk = await Desk.make();
  amara = await Worker.make(desk);
  bela = await Worker.make(desk);
  book = new Book({ programme: desk.programme, collection: desk.collection });
  sheet = new ContactSheet();
});

function page(packets: readonly KeyPacket[], ...written: readonly Written[]) {
  return [encodePulled({ packets, revisions: written.map(({ revision }) => revision) })];
}

/** As the console's page does: the sheet follows what the thread tells. */
function follow(): { isNew: boolean } & ReturnType<Book["counted"]> {
  let isNew = false;
  for (let more = true; more;) {
    const told = book.told(2);
    isNew ||= told.isNew;
    if (told.isNew) sheet = new ContactSheet();
    sheet.apply(told.change);
    more = told.more;
  }
  return { isNew, ...book.counted() };
}

function seen(): SeenContact[] {
  return [...sheet.contacts()].sort(inOrder).map((contact) => ({
    record: contact.record,
    device: contact.device,
    counter: contact.counter,
    form: contact.form,
    formHash: contact.formHash,
    fields: new Map(contact.fields),
    undecided: contact.undecided,
    deletedElsewhere: contact.deletedElsewhere,
    standing: contact.standing,
    late: contact.late,
  }));
}

describe("a coordinator's book", () => {
  test("shows what the overview says of all that was opened, page after page", async () => {
    const [first, second] = [await amara.write({ ...FORM, age: "25-34" }), await amara.write(FORM)];
    const other = await bela.write({
      ...FORM,
      needs: ["food", "shelter"],
      alone: true,
      n: -3,
      no: null,
    });
    const edit = await amara.write({ age: "35-44" }, [first.head], first.revision.record);
    const gone = await amara.write(undefined, [second.head], second.revision.record);
    const certificates = [amara.certificate(), bela.certificate()];
    await book.trust(certificates, [desk.seed]);
    await book.take("a", page([await amara.packet()], first, second));
    follow();
    expect(sheet.size).toBe(2);
    await book.take("b", page([await bela.packet()], other, edit, gone));
    const told = follow();
    const opened = [
      ...[first, second, edit, gone].map((each) => amara.opened(each)),
      bela.opened(other),
    ];
    const whole = overview(opened, believed(...certificates), 0);
    expect(seen()).toEqual(whole.contacts);
    expect(told).toMatchObject({ devices: whole.devices, unreadable: 0, wanted: [] });
    expect(sheet.size).toBe(2);
  });

  test("keeps what disagrees, and reads it again from what was kept", async () => {
    const tablet = await Worker.make(desk, amara.lane);
    const first = await amara.write({ ...FORM, age: "25-34", area: "north" });
    const [one, two] = [
      await amara.write({ age: "35-44" }, [first.head], first.revision.record),
      await tablet.write({ age: "45-54" }, [first.head], first.revision.record),
    ];
    const certificates = [amara.certificate(), tablet.certificate()];
    await book.trust(certificates, [desk.seed]);
    const packets = [await amara.packet(), await tablet.packet()];
    const { opened } = await book.take("a", page(packets, first, one));
    await book.take("b", page([], two));
    follow();
    const all = [amara.opened(first), amara.opened(one), tablet.opened(two)];
    const whole = overview(all, believed(...certificates), 0).contacts;
    expect(whole[0]?.undecided.get("age")).toHaveLength(2);
    expect(seen()).toEqual(whole);

    const later = new Book({ programme: desk.programme, collection: desk.collection });
    await later.trust(certificates, [desk.seed]);
    expect(await later.take("a", undefined, opened)).toEqual({
      opened: undefined,
      isWanted: false,
    });
    await later.take("b", page([], two));
    book = later;
    sheet = new ContactSheet();
    follow();
    expect(seen()).toEqual(whole);
  });

  test("asks for a page again once the key that it lacked has come", async () => {
    const written = await amara.write(FORM);
    await book.trust([amara.certificate()], [desk.seed]);
    const revisions = page([], written);
    await book.take("a", revisions);
    expect(follow()).toMatchObject({ unreadable: 1, wanted: [] });
    await book.take("b", page([await amara.packet()]));
    expect(follow()).toMatchObject({ unreadable: 1, wanted: ["a"] });
    await book.take("a", revisions);
    expect(follow()).toMatchObject({ unreadable: 0, wanted: [] });
    expect(seen()).toMatchObject([{ standing: "certified" }]);
  });

  test("asks for everything again once the programme's secrets are here", async () => {
    const written = await amara.write(FORM);
    const pulled = page([await amara.packet()], written);
    await book.trust([amara.certificate()], []);
    await book.take("a", pulled);
    expect(follow()).toMatchObject({ unreadable: 1, wanted: [] });
    await book.trust([amara.certificate()], [desk.seed]);
    expect(follow().wanted).toEqual(["a"]);
    await book.take("a", pulled);
    follow();
    expect(sheet.size).toBe(1);
  });

  test("shows apart what nobody vouched for, until somebody does", async () => {
    const pulled = page([await amara.packet()], await amara.write(FORM));
    await book.trust([], [desk.seed]);
    const { opened } = await book.take("a", pulled);
    follow();
    expect(seen()).toMatchObject([{ standing: "provisional" }]);
    await book.trust([amara.certificate()], [desk.seed]);
    expect(follow()).toMatchObject({ isNew: true, wanted: ["a"] });
    await book.take("a", pulled);
    follow();
    expect(seen()).toMatchObject([{ standing: "certified" }]);

    // What was kept when nobody vouched for it says so when it is opened again.
    book = new Book({ programme: desk.programme, collection: desk.collection });
    await book.trust([amara.certificate()], [desk.seed]);
    expect((await book.take("a", undefined, opened)).isWanted).toBe(true);
  });

  test("marks what a revoked device made after the last that is accepted", async () => {
    const pulled = page([await amara.packet()], await amara.write(FORM), await amara.write(FORM));
    await book.trust([amara.certificate()], [desk.seed]);
    await book.take("a", pulled);
    follow();
    await book.trust([amara.certificate(1)], [desk.seed]);
    follow();
    expect(seen()).toMatchObject([
      { standing: "revoked", late: false },
      { standing: "revoked", late: true },
    ]);
  });

  test("lets nobody write into another's lane, whatever the plaintext says", async () => {
    const mine = await amara.write(FORM);
    bela.counter = 4;
    const theirs = await bela.write({ age: "x" }, [mine.head], mine.revision.record);
    await book.trust([amara.certificate(), bela.certificate()], [desk.seed]);
    await book.take("a", page([await amara.packet(), await bela.packet()], mine, theirs));
    expect(follow().unreadable).toBe(1);
    expect(seen()).toMatchObject([{ device: seen()[0]?.device, standing: "certified" }]);
  });

  test("takes a page that came twice as once", async () => {
    const pulled = page([await amara.packet()], await amara.write(FORM));
    await book.trust([amara.certificate()], [desk.seed]);
    await book.take("a", pulled);
    await book.take("b", pulled);
    expect(follow().devices).toMatchObject([{ last: 1, twice: [], missing: [] }]);
    expect(sheet.size).toBe(1);
  });
});
