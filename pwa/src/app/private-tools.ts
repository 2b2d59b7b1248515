/** The private tools' screens: loaded together, when the first of them is opened. */
import "./elements/copies-home.ts";
import "./elements/copy-view.ts";
import "./elements/dates-home.ts";
import "./elements/hours-home.ts";
import "./elements/keepsake-form.ts";
import "./elements/notes-list.ts";
import "./elements/offer-form.ts";
import "./elements/offers-home.ts";
import "./elements/pay-record.ts";
