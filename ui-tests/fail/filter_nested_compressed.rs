use serde::{Deserialize, Serialize};
use simpletable::{Condition, Fields, Nested, SingleTable};

#[derive(Serialize, Deserialize, Nested)]
struct Address {
    city: String,
}

#[derive(Serialize, Deserialize, SingleTable)]
#[table(compress)]
struct Customer {
    address: Address,
}

fn in_paris(customer: &Fields<Customer>) -> Condition<Customer> {
    customer.address.at(|address| address.city).eq("Paris")
}

fn main() {}
