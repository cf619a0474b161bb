import "./dialogs.js";
import "./fragments.js";
import "./keys.js";
import "./menus.js";
import "./print.js";
import "./quick-log.js";
import "./search.js";
import "./theme.js";
