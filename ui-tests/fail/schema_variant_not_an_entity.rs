use simpletable::SingleTable;

struct Status;

#[derive(SingleTable)]
enum App {
    Status(Status),
}

fn main() {}
