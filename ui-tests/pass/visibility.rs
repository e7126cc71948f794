//! Entities where they are seen by few: in functions, with private types, in modules.

#![deny(warnings)]

mod outer {
    mod inner {
        use serde::{Deserialize, Serialize};
        use simpletable::{KeyPart, SingleTable};

        #[derive(Serialize, Deserialize, KeyPart)]
        struct Hidden(String);

        #[derive(Serialize, Deserialize, SingleTable)]
        #[gsi(name = "hidden", pk = "hidden#<hidden>", sk = "<shown>")]
        pub struct Open {
            hidden: Hidden,
            pub shown: String,
        }

        #[derive(Serialize, Deserialize, SingleTable)]
        #[table(pk = "ORG#<org>", sk = "<hidden>")]
        pub(in crate::outer) struct Inside {
            hidden: Hidden,
            pub(super) org: String,
        }

        #[derive(Serialize, Deserialize, SingleTable)]
        struct Private {
            hidden: Hidden,
        }

        #[derive(SingleTable)]
        pub(super) enum Some {
            Open(Open),
        }

        #[derive(SingleTable)]
        enum More {
            Inside(Inside),
            Private(Private),
        }

        pub(super) fn all() -> (Inside, Some) {
            drop(More::Inside(Inside { hidden: Hidden(String::new()), org: String::new() }));
            drop(More::Private(Private { hidden: Hidden(String::new()) }));
            let hidden = || Hidden(String::new());
            let open = Open { hidden: hidden(), shown: String::new() };
            (Inside { hidden: hidden(), org: String::new() }, Some::Open(open))
        }
    }

    pub fn all() {
        let (inside, open) = inner::all();
        drop((inside.org, open));
    }
}

fn local() {
    use serde::{Deserialize, Serialize};
    use simpletable::{KeyPart, SingleTable};

    #[derive(Serialize, Deserialize, KeyPart)]
    enum Kind {
        A,
    }

    #[derive(Serialize, Deserialize, SingleTable)]
    #[table(pk = "KIND#<kind>", sk = "<name>")]
    struct Local {
        kind: Kind,
        name: String,
    }

    #[derive(SingleTable)]
    enum Locals {
        Local(Local),
    }

    let _ = Locals::Local(Local { kind: Kind::A, name: String::new() });
    let _ = Local::key(Kind::A, "name");
}

fn main() {
    outer::all();
    local();
}
