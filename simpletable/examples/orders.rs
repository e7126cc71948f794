//! An order flow: a customer with a unique email, stock that cannot go negative, an order that reserves its stock in one transaction, and a
//! patch that moves the order between indexes.

use serde::{Deserialize, Serialize};
use simpletable::{Error, Id, KeyPart, PatchProblem, SingleTable, Table};

/// No two customers have one email, in whatever case they write it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(unique(name = "email", value = "<email>", fold = "lower"))]
struct Customer {
    email: String,
    orders: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(id = "<sku>")]
struct Product {
    sku: String,
    stock: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, KeyPart)]
#[serde(rename_all = "snake_case")]
enum Status {
    Open,
    Shipped,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[gsi(name = "customer", pk = "customer#<customer>")]
#[gsi(name = "status", pk = "status#<status>")]
#[gsi(name = "parcel", pk = "parcel#<parcel>")]
struct Order {
    customer: Id<Customer>,
    status: Status,
    /// `None` leaves the order out of the `parcel` index.
    parcel: Option<String>,
    sku: String,
    quantity: u32,
}

#[derive(SingleTable)]
enum Shop {
    Customer(Customer),
    Product(Product),
    Order(Order),
}

/// The order, the stock that it takes and the customer's count: all of them are written, or none.
async fn place(table: &Table<Shop>, customer: &Id<Customer>, sku: &str, quantity: u32) -> simpletable::Result<Id<Order>> {
    let order = Order { customer: customer.clone(), status: Status::Open, parcel: None, sku: sku.into(), quantity };
    let (order, (), ()) = table
        .transact((
            table.create(order),
            // DynamoDB subtracts, so that no two orders take the same piece; and an unsigned number never goes below 0.
            table.patch(Product::key(sku)).subtract(|p| p.stock, quantity),
            table.patch(customer).add(|c| c.orders, 1),
        ))
        .await?;
    Ok(order.id().clone())
}

#[tokio::main]
async fn main() -> simpletable::Result<()> {
    let table = Table::in_memory::<Shop>().await?;

    // The email is claimed in the transaction that creates the customer.
    let ann = table.create(Customer { email: "Ann@Acme.io".into(), orders: 0 }).await?;
    let again = table.create(Customer { email: "ann@acme.io".into(), orders: 0 }).await;
    assert!(matches!(again, Err(Error::UniqueViolation { constraint: "email", .. })));
    let found = table.find(Customer::find_by_email("ANN@acme.io")).await?;
    assert_eq!(found.as_ref(), Some(&ann));

    table.create(Product { sku: "lamp".into(), stock: 5 }).await?;
    let first = place(&table, ann.id(), "lamp", 3).await?;
    assert_eq!(table.read(Product::key("lamp")).await?.stock, 2);

    // There are two left. The error says which operation failed, and why.
    let error = place(&table, ann.id(), "lamp", 3).await.expect_err("three are too many");
    println!("{error}: {}", std::error::Error::source(&error).expect("a reason"));
    let Error::Transaction { position: 1, entity: "Product", operation: "patch", source } = error else { panic!("{error}") };
    assert!(matches!(*source, Error::Patch { problem: PatchProblem::Range, .. }));
    // Nothing of it was written.
    assert_eq!(table.query(Order::by_customer(ann.id())).all().await?.len(), 1);
    assert_eq!(table.read(ann.id()).await?.orders, 1);

    // Ten at once want what is left, one piece each: two get it.
    let orders = (0..10).map(|_| place(&table, ann.id(), "lamp", 1));
    let placed = futures::future::join_all(orders).await.into_iter().filter(Result::is_ok).count();
    assert_eq!((placed, table.read(Product::key("lamp")).await?.stock), (2, 0));

    // A patch writes the index keys with the fields that they are made of: the order moves from one partition to another, and enters a third index.
    let ship =
        |parcel: &str| table.patch(&first).set(|o| o.status, Status::Shipped).set(|o| o.parcel, parcel).when(|o| o.status.eq(Status::Open));
    let order = ship("DHL-7").await?;
    assert_eq!(table.query(Order::by_status(Status::Open)).all().await?.len(), 2);
    assert_eq!(table.query(Order::by_status(Status::Shipped)).await?[0], order);
    assert_eq!(table.query(Order::by_parcel("DHL-7")).await?[0], order);

    // It is shipped once. The error has the row that did not fulfil the condition.
    let error = ship("DHL-8").await.expect_err("it is on its way");
    assert!(error.is_condition_failed());
    assert_eq!(error.current::<Order>(), Some(order));
    println!("ok");
    Ok(())
}
