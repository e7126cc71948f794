use simpletable::Table;

struct Status;

fn main() {
    let _ = Table::builder::<Status>("tasks");
}
