use simpletable::SingleTable;

#[derive(SingleTable)]
struct Document {
    title: String,
}

fn main() {}
